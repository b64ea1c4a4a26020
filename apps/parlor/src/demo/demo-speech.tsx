import type { DemoLine } from "../../shared/line-demo.ts";
import { type DemoState, lostOn } from "./demo-state.ts";

/** What just happened, in a sentence: changes with the network and the lines and not with each number. */
export function DemoSpeech({ state }: { state: DemoState }) {
  return (
    <p className="demo-speech" role="status">
      {describe(state)}
    </p>
  );
}

function describe(state: DemoState): string {
  const { network, lines, isOver, isRunning } = state;
  function isUp(line: DemoLine): boolean {
    return lines[line].state.phase === "connected";
  }
  if (network.mode === "storm") return "The network breaks again and again.";
  if (network.isCut) return "The network is cut. Both go on counting.";
  if (isOver) return "That was enough counting. Start over for more.";
  if (!isRunning) return "Paused.";
  const lost = lostOn(lines.session) + lostOn(lines.plain);
  if (!isUp("session") || !isUp("plain")) {
    return lines.session.state.end === null
      ? "Connecting both lines."
      : "The network is whole again. The lines are coming back.";
  }
  if (lost === 0) return "Both lines are up. Pull the handle.";
  return "Both lines are up again. Compare what is lost.";
}
