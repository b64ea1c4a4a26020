import { setTimeout as delay } from "node:timers/promises";
import { serverLimits } from "./limits.ts";

/** What can be asked to end when everything is done. */
export interface Drainable {
  readonly session: { drain(retryAfterMs: number): void };
}

const batchMs = serverLimits.drainBatchMs.default;
const batchMin = 100;

/**
 * Drains sessions a batch at a time, so that their clients do not all come back, to this server or the next one, at the
 * same moment; the last of them after `withinMs`.
 */
export async function drainSessions(
  all: readonly Drainable[],
  { withinMs, retryAfterMs }: { withinMs: number; retryAfterMs: () => number },
): Promise<void> {
  const batches = Math.max(1, Math.floor(withinMs / batchMs));
  const size = Math.max(batchMin, Math.ceil(all.length / batches));
  for (let from = 0; from < all.length; from += size) {
    if (from > 0) await delay(batchMs);
    for (const { session } of all.slice(from, from + size)) session.drain(retryAfterMs());
  }
}
