import { expect, test } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";
import { EarliestWake, WakeTicks } from "./wake-calls.ts";

test("ticks wake a target once for all times between two of them, and again later", () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const ticks = new WakeTicks(clock, (target) => target.handleTimeout());
  const target = { handleTimeout: () => void times.push(clock.now()) };
  for (const timeMs of [1, 9, 10, 25]) ticks.wakeAt(target, timeMs);
  clock.runUntil(100);
  expect(times).toEqual([10, 30]);
});

test("of several times a client is woken at the earliest, and at others that it asks for then", () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const wake = new EarliestWake(clock, () => void times.push(clock.now()));
  for (const timeMs of [20, 5, 30]) wake.wakeAt(timeMs);
  clock.runUntil(10);
  wake.wakeAt(40);
  clock.runUntil(100);
  expect(times).toEqual([5, 40]);
});
