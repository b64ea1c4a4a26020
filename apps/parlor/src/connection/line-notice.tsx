import type { LineState } from "./line.ts";
import { describeLineEnd, type LineEnd } from "./line-end.ts";
import { useSecondsUntil } from "./use-seconds-until.ts";

/** Why the line is down, what happens next, and the way to hurry it. */
export function LineNotice({ state, onRetry }: { state: LineState; onRetry: () => void }) {
  const end = lineEndOf(state);
  if (end === null) return null;
  return (
    <section className="line-notice" aria-label="State of the line">
      <p>
        <span role="alert">
          {describeLineEnd(end)} <span className="code">Code {end.code}.</span>
        </span>{" "}
        {state.phase === "waiting" && <Countdown atMs={state.retryAtMs} />}
        {state.phase === "connecting" && "Trying now."}
      </p>
      <button type="button" disabled={state.phase === "connecting"} onClick={onRetry}>
        {state.phase === "stopped" ? "Try again" : "Try now"}
      </button>
    </section>
  );
}

/** How the line ended, until it is open again; the tries in between do not change that. */
export function lineEndOf(state: LineState): LineEnd | null {
  if (state.phase === "open") return null;
  return state.phase === "connecting" ? state.after : state.end;
}

// Outside of the alert, as a screen reader would read each second.
function Countdown({ atMs }: { atMs: number }) {
  const seconds = useSecondsUntil(atMs);
  return <span className="countdown">{seconds > 0 ? `Next try in ${seconds}\u00A0s.` : "Trying now."}</span>;
}
