import { type RefObject, useEffect, useRef, useState } from "react";

const NEAR_END_PX = 48;

/**
 * Keeps a scrolling box at its end while it grows, as pictures do when they load, or shrinks, as it does for a phone's
 * keyboard, unless the reader has scrolled away from there.
 */
export function useStickToEnd(): {
  box: RefObject<HTMLDivElement | null>;
  isAtEnd: boolean;
  onScroll: () => void;
  goToEnd: () => void;
} {
  const box = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const lastTop = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);

  function goToEnd(): void {
    sticks.current = true;
    setAtEnd(true);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  function onScroll(): void {
    const element = box.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    // The event comes late: what arrived in between has moved the end away. Only the reader ever moves up.
    if (isNearEnd || scrollTop < lastTop.current) sticks.current = isNearEnd;
    lastTop.current = scrollTop;
    setAtEnd(sticks.current);
  }

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (sticks.current) element.scrollTo({ top: element.scrollHeight });
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return { box, isAtEnd, onScroll, goToEnd };
}
