import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
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

  test("leaves signals that it was not told of alone, and all of them afterwards", () => {
    const source = new EventEmitter();
    const signals = new StopSignals(source, ["SIGTERM"]);
    expect(source.eventNames()).toEqual(["SIGTERM"]);
    signals[Symbol.dispose]();
    expect(source.eventNames()).toEqual([]);
  });
});
