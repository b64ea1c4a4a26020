import { setTimeout as timeout } from "node:timers/promises";
import { serverLimits } from "./limits.ts";

/** What can be asked to end when everything is done. */
export interface Drainable {
  readonly session: { drain(retryAfterMs: number): void };
}

export interface DrainPace {
  readonly withinMs: number;
  /** When the client of a session is to come back. */
  readonly retryAfterMs: () => number;
  /** Waits so long; by the process's timers if absent. */
  readonly delay?: (ms: number) => Promise<unknown>;
}

const batchMs = serverLimits.drainBatchMs.default;
const batchMin = 100;

/**
 * Drains sessions a batch at a time, so that their clients do not all come back, to this server or the next one, at the
 * same moment; the last of them after `withinMs`.
 */
export async function drainSessions(
  all: readonly Drainable[],
  { withinMs, retryAfterMs, delay = timeout }: DrainPace,
): Promise<void> {
  const batches = Math.max(1, Math.floor(withinMs / batchMs));
  const size = Math.max(batchMin, Math.ceil(all.length / batches));
  for (let from = 0; from < all.length; from += size) {
    if (from > 0) await delay(batchMs);
    for (const { session } of all.slice(from, from + size)) session.drain(retryAfterMs());
  }
}
