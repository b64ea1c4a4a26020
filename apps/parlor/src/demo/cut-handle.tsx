import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

interface CutHandleProps {
  isCut: boolean;
  isDisabled: boolean;
  onCut: () => void;
  onMend: () => void;
}

/** Of the way from the top of the rail to its end, past which letting go has done it. */
const DONE_FROM = 0.5;
/** Less than this is a click. */
const DRAG_MIN_PX = 6;

/**
 * What cuts the network: pulled down along its rail with a pointer or a finger, pressed like any button, or moved with the
 * arrow keys. It stands where the network is, not where it was pulled to.
 */
export function CutHandle({ isCut, isDisabled, onCut, onMend }: CutHandleProps) {
  const rail = useRef<HTMLDivElement>(null);
  const drag = useRef<{ startY: number; place: number; isMoved: boolean } | null>(null);
  /** 0 at the top, 1 at the bottom; null while nobody drags it. */
  const [held, setHeld] = useState<number | null>(null);

  function move(toCut: boolean): void {
    if (toCut && !isCut) onCut();
    if (!toCut && isCut) onMend();
  }

  function pull(event: PointerEvent): void {
    const current = drag.current;
    const element = rail.current;
    if (current === null || element === null) return;
    const pulledPx = event.clientY - current.startY;
    current.isMoved ||= Math.abs(pulledPx) >= DRAG_MIN_PX;
    if (!current.isMoved) return;
    const wayPx = element.clientHeight - (event.currentTarget as HTMLElement).offsetHeight;
    current.place = Math.min(1, Math.max(0, (isCut ? 1 : 0) + pulledPx / wayPx));
    setHeld(current.place);
  }

  function letGo(): void {
    if (drag.current?.isMoved) move(drag.current.place > DONE_FROM);
    setHeld(null);
  }

  function press(): void {
    // A click ends each drag, too.
    const wasDragged = drag.current?.isMoved === true;
    drag.current = null;
    if (!wasDragged) move(!isCut);
  }

  function key(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    move(event.key === "ArrowDown");
  }

  return (
    <div className="cut-rail" ref={rail} data-cut={isCut} data-held={held !== null}>
      <button
        type="button"
        className="cut-handle"
        style={{ "--place": held ?? (isCut ? 1 : 0) } as React.CSSProperties}
        disabled={isDisabled}
        aria-label={isCut ? "Mend the line" : "Cut the line"}
        onPointerDown={(event) => {
          drag.current = { startY: event.clientY, place: isCut ? 1 : 0, isMoved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={pull}
        onPointerUp={letGo}
        onPointerCancel={() => {
          drag.current = null;
          setHeld(null);
        }}
        onClick={press}
        onKeyDown={key}
      >
        <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false">
          <path d={isCut ? "M12 19V5M6 11l6-6 6 6" : "M12 5v14M6 13l6 6 6-6"} />
        </svg>
        <span aria-hidden="true">{isCut ? "Mend" : "Cut"}</span>
      </button>
    </div>
  );
}
