import type { LineState } from "./line-state.ts";

const WORDS = {
  connecting: "Connecting…",
  connected: "Line up",
  suspended: "Line down",
  closed: "Line closed",
} as const;

/** The line as a ropeway: the cabin rides while connecting, hangs in the middle when up; the cable is cut when down. */
export function LineView({ state }: { state: LineState }) {
  return (
    <div className="line" data-phase={state.phase}>
      <svg className="line-drawing" viewBox="0 0 132 34" aria-hidden="true" focusable="false">
        <path className="line-pylon" d="M8 32 12 6l4 26M116 32l4-26 4 26" />
        {state.phase === "suspended" || state.phase === "closed" ? (
          <path className="line-cable" d="M12 6c14 4 26 8 30 22M120 6c-14 4-26 8-30 22" />
        ) : (
          <path className="line-cable" d="M12 6q54 9 108 0" />
        )}
        <g className="line-cabin">
          <path className="line-hanger" d="M66 9v7" />
          <rect x="57" y="15" width="18" height="14" rx="4" />
        </g>
      </svg>
      <span role="status">{WORDS[state.phase]}</span>
    </div>
  );
}
