import { expect, test } from "vitest";
import { drainSessions } from "./drain-sessions.ts";

/** So many sessions, and after how long each was told to come back. */
function sessions(count: number) {
  const drained: number[] = [];
  const drain = (retryAfterMs: number) => void drained.push(retryAfterMs);
  return { all: Array.from({ length: count }, () => ({ session: { drain } })), drained };
}

test.each([
  [1, 0, 1],
  [100, 1_000, 1],
  [1_000, 1_000, 10],
  [100_000, 1_000, 100],
  [100_000, 0, 1],
])("drains %d sessions within %d ms in %d batches", async (count, withinMs, batches) => {
  const { all, drained } = sessions(count);
  const delays: number[] = [];
  let call = 0;
  const delay = async (ms: number) => void delays.push(ms);
  await drainSessions(all, { withinMs, retryAfterMs: () => ++call, delay });
  expect(drained).toEqual(all.map((_, index) => index + 1));
  expect(delays).toEqual(Array.from({ length: batches - 1 }, () => 10));
});
