import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeadlineWheel } from "./deadline-wheel.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A wheel, and the times at which its targets were woken, counted from now on. */
function wheelWithTargets() {
  const errors: unknown[] = [];
  const wheel = new DeadlineWheel((error) => errors.push(error));
  const start = performance.now();
  const target = () => {
    const woken: number[] = [];
    return { woken, handleTimeout: () => void woken.push(performance.now() - start) };
  };
  return { wheel, errors, target, at: (ms: number) => start + ms };
}

describe("DeadlineWheel", () => {
  test.each([0, 1, 10, 95, 5_000, 10_240, 10_260, 120_000])(
    "wakes after %d ms, or up to 11 ms later",
    async (ms) => {
      const { wheel, target, at } = wheelWithTargets();
      const one = target();
      wheel.wakeAt(one, at(ms));
      await vi.advanceTimersByTimeAsync(200_000);
      expect(one.woken).toHaveLength(1);
      expect(one.woken[0]).toBeGreaterThanOrEqual(ms);
      expect(one.woken[0]).toBeLessThanOrEqual(ms + 11);
      expect(wheel.size).toBe(0);
    },
  );

  test("wakes at each of several times, in whatever order they come", async () => {
    const { wheel, target, at } = wheelWithTargets();
    const [one, two] = [target(), target()];
    for (const ms of [100, 5_000, 5_000]) wheel.wakeAt(one, at(ms));
    for (const ms of [5_000, 100, 100]) wheel.wakeAt(two, at(ms));
    await vi.advanceTimersByTimeAsync(20_000);
    for (const { woken } of [one, two]) {
      expect(woken).toHaveLength(2);
      expect(woken[0]).toBeLessThanOrEqual(111);
      expect(woken[1]).toBeGreaterThanOrEqual(5_000);
    }
  });

  test("wakes again who asks for it while it is woken", async () => {
    const { wheel, at } = wheelWithTargets();
    let count = 0;
    const target = { handleTimeout: () => wheel.wakeAt(target, at(++count * 50)) };
    wheel.wakeAt(target, at(0));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count).toBeGreaterThanOrEqual(19);
    expect(count).toBeLessThanOrEqual(21);
  });

  test("wakes a target at the present time, however late that asks", async () => {
    const { wheel, target, at } = wheelWithTargets();
    const one = target();
    await vi.advanceTimersByTimeAsync(60_000);
    wheel.wakeAt(one, at(10));
    await vi.advanceTimersByTimeAsync(20);
    expect(one.woken).toHaveLength(1);
  });

  test("neither wakes nor holds whom it has to forget", async () => {
    const { wheel, target, at } = wheelWithTargets();
    const one = target();
    for (const ms of [50, 5_000]) wheel.wakeAt(one, at(ms));
    wheel.forget(one);
    wheel.forget(one);
    expect(wheel.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.woken).toEqual([]);
  });

  test("leaves out who was forgotten by one that is woken before it", async () => {
    const { wheel, target, at } = wheelWithTargets();
    const two = target();
    wheel.wakeAt({ handleTimeout: () => wheel.forget(two) }, at(50));
    wheel.wakeAt(two, at(50));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(two.woken).toEqual([]);
  });

  test("wakes the others when one throws", async () => {
    const { wheel, errors, target, at } = wheelWithTargets();
    const two = target();
    wheel.wakeAt({ handleTimeout: () => expect.fail("on purpose") }, at(50));
    wheel.wakeAt(two, at(50));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([errors.length, two.woken.length]).toEqual([1, 1]);
  });

  test("wakes everybody once after the process was stopped for long", () => {
    const { wheel, target, at } = wheelWithTargets();
    const targets = Array.from({ length: 1_000 }, target);
    targets.forEach((one, index) => wheel.wakeAt(one, at(index * 100)));
    const start = performance.now();
    vi.spyOn(performance, "now").mockReturnValue(start + 3_600_000);
    vi.advanceTimersByTime(60_000);
    vi.restoreAllMocks();
    expect(targets.map(({ woken }) => woken.length)).toEqual(targets.map(() => 1));
  });

  test("wakes nobody after it has stopped", async () => {
    const { wheel, target, at } = wheelWithTargets();
    const one = target();
    wheel.wakeAt(one, at(50));
    wheel.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.woken).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
