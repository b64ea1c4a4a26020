import { describe, expect, test } from "vitest";
import { formatAck, readAck, readSkip } from "./ack.ts";

const ack = { have: 12, byteOffset: 4096, started: 12, done: 11, messagesMax: 1035, bytesMax: 290_000 };
const text = "ack 0 12@4096 12 11 1035 290000";

describe("ack", () => {
  test("is written as it is read", () => {
    expect(formatAck(0, ack)).toBe(text);
    expect(readAck(text)).toEqual({ stream: 0, ...ack });
  });

  test("leaves out a byte offset of 0", () => {
    const whole = { ...ack, byteOffset: 0 };
    expect(formatAck(3, whole)).toBe("ack 3 12 12 11 1035 290000");
    expect(readAck("ack 3 12 12 11 1035 290000")).toEqual({ stream: 3, ...whole });
  });

  test("holds numbers up to 2^53 - 1", () => {
    expect(readAck("ack 0 0 0 0 0 9007199254740991").bytesMax).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([
    "ack",
    "ack ",
    "ack 0 1 1 1 1",
    "ack 0 1 1 1 1 1 1",
    "ack 0 1 1 1 1 1 ",
    "ack  0 1 1 1 1 1",
    "ack 0 1@ 1 1 1 1",
    "ack 0 1@1@1 1 1 1 1",
    "ack -1 1 1 1 1 1",
    "ack 0 1.5 1 1 1 1",
    "ack 0 01 1 1 1 1",
    "ack 0 1 1 1 1 9007199254740992",
    "ack 0 1 1 1 1 99999999999999999999",
    "ack 0 1 1 1 1 1\n",
    "ack {}",
  ])("%j is none", (frame) => {
    expect(() => readAck(frame)).toThrow("Not a frame of ropeway.1: ack");
  });
});

describe("skip", () => {
  test.each(["expired", "cancelled", "superseded", "dropped"])("for being %s", (reason) => {
    expect(readSkip(`skip 0 7 9 ${reason}`)).toEqual({ stream: 0, from: 7, to: 9 });
  });

  test.each([
    "skip",
    "skip 0 7 9",
    "skip 0 7 9 bored",
    "skip 0 7 expired",
    "skip 0 07 9 expired",
    "skip 0 7 9 expired ",
  ])("%j is none", (frame) => {
    expect(() => readSkip(frame)).toThrow("Not a frame of ropeway.1: skip");
  });
});
