import type { Fate } from "./room-state.ts";

interface FateViewProps {
  fate: Fate;
  canSend: boolean;
  isLineUp: boolean;
  onAgain: () => void;
  onDiscard: () => void;
}

/** What became of something said here that the room has not repeated. */
export function FateView({ fate, canSend, isLineUp, onAgain, onDiscard }: FateViewProps) {
  if (fate.as === "sending") {
    return (
      <p className="fate" data-fate={isLineUp ? "sending" : "waiting"}>
        {isLineUp ? "Sending…" : "Waiting for the line"}
      </p>
    );
  }
  return (
    <div className="fate fate-open">
      <p>
        {fate.as === "refused"
          ? `Not taken: ${fate.reason}`
          : "The server was lost before this was confirmed. Sending it again never shows it twice."}
      </p>
      <button type="button" className="quiet" disabled={!canSend} onClick={onAgain}>
        Send again
      </button>
      <button type="button" className="quiet" onClick={onDiscard}>
        Discard
      </button>
    </div>
  );
}
