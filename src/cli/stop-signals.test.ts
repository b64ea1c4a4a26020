import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { commandLimits } from "./limits.ts";
import { StopSignals } from "./stop-signals.ts";

describe("StopSignals", () => {
  test("tells the first signal from the second, of whatever kind", async () => {
    const source = new EventEmitter();
    using signals = new StopSignals(source, ["SIGTERM", "SIGINT"]);
    source.emit("SIGINT", "SIGINT");
    source.emit("SIGTERM", "SIGTERM");
    source.emit("SIGINT", "SIGINT");
    expect(await Promise.all([signals.first, signals.second])).toEqual(["SIGINT", "SIGTERM"]);
  });

  test.each([
    [commandLimits.repeatedInterruptMs.default - 1, "SIGTERM"],
    [commandLimits.repeatedInterruptMs.default, "SIGINT"],
  ])("takes a SIGINT again after %d ms, or else for the same: the second is %s", async (ms, second) => {
    vi.useFakeTimers({ toFake: ["performance"] });
    using _realTime = { [Symbol.dispose]: () => void vi.useRealTimers() };
    const source = new EventEmitter();
    using signals = new StopSignals(source, ["SIGTERM", "SIGINT"]);
    source.emit("SIGINT", "SIGINT");
    vi.advanceTimersByTime(ms);
    source.emit("SIGINT", "SIGINT");
    source.emit("SIGTERM", "SIGTERM");
    expect(await Promise.all([signals.first, signals.second])).toEqual(["SIGINT", second]);
  });

  test("takes a SIGINT right after a SIGTERM for the second", async () => {
    const source = new EventEmitter();
    using signals = new StopSignals(source, ["SIGTERM", "SIGINT"]);
    source.emit("SIGTERM", "SIGTERM");
    source.emit("SIGINT", "SIGINT");
    expect(await signals.second).toBe("SIGINT");
  });

  test("leaves signals that it was not told of alone, and all of them afterwards", () => {
    const source = new EventEmitter();
    const signals = new StopSignals(source, ["SIGTERM"]);
    expect(source.eventNames()).toEqual(["SIGTERM"]);
    signals[Symbol.dispose]();
    expect(source.eventNames()).toEqual([]);
  });
});
