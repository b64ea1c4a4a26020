import { describeLineEnd } from "./line-end.ts";
import type { LineState } from "./line-state.ts";
import { useSecondsUntil } from "./use-seconds-until.ts";

/** Why the line is down, what happens next, and the way to hurry it. */
export function LineNotice({ state, onRetry }: { state: LineState; onRetry: () => void }) {
  const { phase, end, retryAtMs } = state;
  if (end === null) return null;
  return (
    <section className="line-notice" aria-label="State of the line">
      <p>
        <span role="alert">
          {describeLineEnd(end)} <span className="code">Code {end.code}.</span>
        </span>{" "}
        {phase !== "closed" && <NextTry atMs={retryAtMs} />}
      </p>
      <button type="button" onClick={onRetry}>
        {phase === "closed" ? "Try again" : "Try now"}
      </button>
    </section>
  );
}

// Outside of the alert, as a screen reader would read each second.
function NextTry({ atMs }: { atMs: number | null }) {
  const seconds = useSecondsUntil(atMs ?? 0);
  return <span className="countdown">{seconds > 0 ? `Next try in ${seconds}\u00A0s.` : "Trying now."}</span>;
}
