import { useEffect, useState } from "react";

const LOOK_EVERY_MS = 250;

/** Whole seconds from now until a time by `Date.now()`, never below zero, as a countdown shows them. */
export function useSecondsUntil(atMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
