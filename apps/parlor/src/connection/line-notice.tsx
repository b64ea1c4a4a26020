import type { LineState } from "./line.ts";
import { describeLineEnd } from "./line-end.ts";
import { useSecondsUntil } from "./use-seconds-until.ts";

interface LineNoticeProps {
  state: Extract<LineState, { phase: "waiting" | "stopped" }>;
  onRetry: () => void;
}

/** Why the line is down, what happens next, and the way to hurry it. */
export function LineNotice({ state, onRetry }: LineNoticeProps) {
  return (
    <section className="line-notice" aria-label="State of the line">
      <p>
        <span role="alert">
          {describeLineEnd(state.end)} <span className="code">Code {state.end.code}.</span>
        </span>{" "}
        {state.phase === "waiting" && <Countdown atMs={state.retryAtMs} />}
      </p>
      <button type="button" onClick={onRetry}>
        {state.phase === "waiting" ? "Try now" : "Try again"}
      </button>
    </section>
  );
}

// Outside of the alert, as a screen reader would read each second.
function Countdown({ atMs }: { atMs: number }) {
  const seconds = useSecondsUntil(atMs);
  return <span className="countdown">{seconds > 0 ? `Next try in ${seconds}\u00A0s.` : "Trying now."}</span>;
}
