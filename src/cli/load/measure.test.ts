import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { measure } from "./measure.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Does one thing each millisecond, which costs 2 µs. */
function work() {
  const startedAt = performance.now();
  const count = (): number => Math.floor(performance.now() - startedAt);
  return { count, cpuMicros: () => 2 * count() };
}

test("what is done after the warm-up is counted, with its cost", async () => {
  const onWarm = vi.fn<() => void>();
  const measuring = measure({ warmUpMs: 100, measureMs: 500, ...work(), onWarm });
  await vi.advanceTimersByTimeAsync(99);
  expect(onWarm).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(501);
  expect(onWarm).toHaveBeenCalledOnce();
  expect(await measuring).toEqual({ count: 500, seconds: 0.5, cpuMicros: 1000 });
});

test("a signal ends it with what there is", async () => {
  const end = new AbortController();
  const measuring = measure({ warmUpMs: 0, measureMs: 5000, ...work(), signal: end.signal });
  await vi.advanceTimersByTimeAsync(1010);
  end.abort();
  const { seconds, count } = await measuring;
  expect(seconds).toBeCloseTo(1, 1);
  expect(count).toBeCloseTo(1000, -1);
  expect(vi.getTimerCount()).toBe(0);
});

test("where nothing is done, it gives up after a while", async () => {
  const measuring = measure({ warmUpMs: 10, measureMs: 100, count: () => 0, cpuMicros: () => 0 });
  await vi.advanceTimersByTimeAsync(10 + 3 * 100);
  expect((await measuring).count).toBe(0);
});
