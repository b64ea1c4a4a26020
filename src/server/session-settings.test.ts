import { describe, expect, test } from "vitest";
import { readSessionSettings } from "./session-settings.ts";

describe("readSessionSettings", () => {
  test("fills in what LIMITS.md says", () => {
    expect(readSessionSettings()).toMatchObject({
      sessionsMax: 100_000,
      sessionsPerUserMax: 100,
      suspendedMsMax: 120_000,
      messageBytesMax: 1_048_576,
      bufferedBytesMax: 4_194_304,
      heartbeatMs: 30_000,
      heldBytesMax: 268_435_456,
      session: { window: { messages: 1024, bytes: 262_144 }, heartbeatMs: 0 },
    });
  });

  test("takes what is given, to the session layer, too", () => {
    const given = { messageBytesMax: 5_000_000, windowMessages: 7, streamsMax: 0, suspendedMsMax: 0 };
    expect(readSessionSettings(given)).toMatchObject({
      suspendedMsMax: 0,
      // A message has to fit.
      bufferedBytesMax: 5_000_000,
      receiveBytesMax: 5_262_144,
      session: { messageBytesMax: 5_000_000, window: { messages: 7 }, streamsMax: 0 },
    });
  });

  test("takes no end for counts and what all may hold", () => {
    const given = { sessionsMax: Infinity, sessionsPerUserMax: Infinity, heldBytesMax: Infinity };
    expect(readSessionSettings(given)).toMatchObject(given);
  });

  test.each([
    [
      { sessionsMax: 0 },
      "Option sessions.sessionsMax is 0 sessions; it is a whole number from 1, or Infinity",
    ],
    [{ openTimeoutMs: 2 ** 31 }, "is 2147483648 ms; it is a whole number from 1 to 2147483647"],
    [{ messageBytesMax: Infinity }, "is Infinity bytes; it is a whole number from 1"],
    [{ streamsMax: -1 }, "is -1 streams; it is a whole number from 0"],
    [{ windowBytes: 1.5 }, "is 1.5 bytes"],
    [{ heldBytesMax: Number.NaN }, "is NaN bytes"],
    [{ bufferedBytesMax: 10 }, "bufferedBytesMax is 10, less than messageBytesMax (1048576)"],
    [{ receiveBytesMax: 10 }, "receiveBytesMax is 10; a message (1048576) and a window (262144) need more"],
  ])("refuses %j, and says the numbers", (given, words) => {
    expect(() => readSessionSettings(given)).toThrow(RangeError);
    expect(() => readSessionSettings(given)).toThrow(words);
  });

  test.each([
    [{ sessionsMax: "5" }, "Option sessions.sessionsMax is a string; it is a number of sessions"],
    [{ constructor: 1 }, 'Option sessions has a "constructor"; it has sessionsMax, '],
    [null, "Option sessions is null; it is an object of limits"],
    [5, "Option sessions is 5; it is an object of limits"],
  ])("refuses %j, which is none", (given, words) => {
    expect(() => readSessionSettings(given as object)).toThrow(TypeError);
    expect(() => readSessionSettings(given as object)).toThrow(words);
  });
});
