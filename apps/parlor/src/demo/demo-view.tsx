import { LineNotice } from "../connection/line-notice.tsx";
import { CountCard } from "./count-card.tsx";
import { CutHandle } from "./cut-handle.tsx";
import { DemoScene } from "./demo-scene.tsx";
import { DemoSpeech } from "./demo-speech.tsx";
import { useDemo } from "./use-demo.ts";

/** The first screen: two people, two lines between them, and what cuts both. */
export function DemoView() {
  const { client, state } = useDemo();
  const { network, lines, director, isRunning, isOver } = state;
  const isDown = Object.values(lines).some(({ state: { phase } }) => phase === "suspended");
  return (
    <section className="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Cut the line. Nothing gets lost.</h2>
      <p className="demo-about">
        You and Mira count to each other, five times a second, on two lines at once: a Ropeway session and a
        plain WebSocket. The handle cuts the network under both.
      </p>
      <LineNotice state={director} onRetry={() => client?.retryNow()} />
      <div className="demo-stage">
        <DemoScene state={state} />
        <CutHandle
          isCut={network.isCut}
          isDisabled={client === null}
          onCut={() => client?.order({ kind: "cut", isTimed: false })}
          onMend={() => client?.order({ kind: "mend" })}
        />
      </div>
      <div className="demo-controls" role="group" aria-label="The network">
        <button
          type="button"
          aria-pressed={network.mode === "timed"}
          onClick={() => client?.order({ kind: "cut", isTimed: true })}
        >
          Cut for 3 s
        </button>
        <button
          type="button"
          aria-pressed={network.mode === "storm"}
          onClick={() => client?.order({ kind: network.mode === "storm" ? "mend" : "storm" })}
        >
          Again and again
        </button>
        <button type="button" disabled={!isDown} onClick={() => client?.retryNow()}>
          Try now
        </button>
        <button
          type="button"
          aria-pressed={!isRunning}
          disabled={isOver}
          onClick={() => client?.run(!isRunning)}
        >
          Pause
        </button>
        <button type="button" onClick={() => client?.order({ kind: "start-over" })}>
          Start over
        </button>
      </div>
      <DemoSpeech state={state} />
      <div className="demo-cards">
        <CountCard line="session" state={state} />
        <CountCard line="plain" state={state} />
      </div>
    </section>
  );
}
