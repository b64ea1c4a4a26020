import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { DemoLine } from "../../shared/line-demo.ts";
import type { DemoState } from "./demo-state.ts";

/** A message on its way, as a cabin. */
export interface Flight {
  id: number;
  line: DemoLine;
  way: "there" | "back";
  delayMs: number;
  /** Lost: it falls from where it is. */
  isFallen: boolean;
}

const FLIGHTS_MAX = 60;
/** What waited goes out all at once; so many of it are drawn. */
const BURST_MAX = 8;
const BURST_GAP_MS = 45;

/** Draws the numbers: cabins leave as messages are sent, and what becomes of them follows the state of their line. */
export function useFlights(state: DemoState): { flights: readonly Flight[]; land: (id: number) => void } {
  const [flights, setFlights] = useState<readonly Flight[]>([]);
  const ids = useRef(0);
  const { sentHere, sentThere, lines } = state;
  const phases = { session: lines.session.state.phase, plain: lines.plain.state.phase };

  function launch(line: DemoLine, way: Flight["way"], count = 1): void {
    const isFallen = line === "plain" && phases.plain !== "connected";
    const launched = Array.from({ length: count }, (_, index) => {
      ids.current += 1;
      return { id: ids.current, line, way, delayMs: index * BURST_GAP_MS, isFallen };
    });
    setFlights((all) => [...all, ...launched].slice(-FLIGHTS_MAX));
  }

  const send = useEffectEvent((way: Flight["way"], sent: number) => {
    if (sent === 0) return;
    launch("plain", way);
    if (phases.session === "connected") launch("session", way);
  });
  useEffect(() => send("there", sentHere), [sentHere]);
  useEffect(() => send("back", sentThere), [sentThere]);

  const plainChanged = useEffectEvent(() => {
    if (phases.plain === "connected") return;
    setFlights((all) => all.map((one) => (one.line === "plain" ? { ...one, isFallen: true } : one)));
  });
  useEffect(() => plainChanged(), [phases.plain]);

  const sessionChanged = useEffectEvent(() => {
    if (phases.session !== "connected")
      return setFlights((all) => all.filter(({ line }) => line !== "session"));
    const { here, there } = lines.session;
    launch("session", "there", Math.min(BURST_MAX, sentHere - there.arrived));
    launch("session", "back", Math.min(BURST_MAX, Math.max(0, sentThere - here.arrived)));
  });
  useEffect(() => sessionChanged(), [phases.session]);

  return { flights, land: (id) => setFlights((all) => all.filter((one) => one.id !== id)) };
}
