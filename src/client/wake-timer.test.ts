import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WakeTimer } from "./wake-timer.ts";

function newTimer() {
  const log: string[] = [];
  const timer = new WakeTimer(
    () => log.push("wake"),
    () => log.push("slept"),
  );
  return { timer, log, inMs: (ms: number) => timer.wakeAt(performance.now() + ms) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a wake timer", () => {
  test("wakes at the earliest of the times that were asked for, once", () => {
    const { log, inMs } = newTimer();
    for (const ms of [100, 50, 200]) inMs(ms);
    vi.advanceTimersByTime(49);
    expect(log).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(log).toEqual(["wake"]);
    inMs(10);
    vi.advanceTimersByTime(10);
    expect(log).toEqual(["wake", "wake"]);
  });

  test("wakes soon for a time that has long passed", () => {
    const { log, inMs } = newTimer();
    vi.advanceTimersByTime(20_000);
    inMs(-10_000);
    vi.advanceTimersByTime(1);
    expect(log).toEqual(["wake"]);
  });

  test("stops for good", () => {
    const { timer, log, inMs } = newTimer();
    inMs(10);
    timer.stop();
    inMs(10);
    vi.advanceTimersByTime(100);
    expect([log, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

describe("sleep of the machine", () => {
  test("is noticed where the clock goes on meanwhile", () => {
    const { timer, log } = newTimer();
    const now = vi.spyOn(performance, "now");
    now.mockReturnValue(1000);
    timer.wakeAt(1010);
    now.mockReturnValue(7000);
    vi.advanceTimersByTime(10);
    now.mockRestore();
    expect(log).toEqual(["slept", "wake"]);
  });

  test("is noticed where the clock stands still meanwhile, by the wall clock", () => {
    const { log, inMs } = newTimer();
    inMs(10);
    vi.setSystemTime(Date.now() + 6000);
    vi.advanceTimersByTime(10);
    expect(log).toEqual(["slept", "wake"]);
  });

  test("is not suspected of a hidden page, whose timers come late", () => {
    vi.stubGlobal("document", { visibilityState: "hidden" });
    const { log, inMs } = newTimer();
    inMs(10);
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(10);
    expect(log).toEqual(["wake"]);
  });
});
