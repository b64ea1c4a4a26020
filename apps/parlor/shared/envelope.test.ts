import { describe, expect, test } from "vitest";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import { ROOM_LIMITS } from "./room-limits.ts";

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values);
}

describe("an envelope", () => {
  test("brings header and body back as they were", () => {
    const body = crypto.getRandomValues(new Uint8Array(1000));
    const header = { kind: "picture", name: "Grüße 🚡.png" };
    expect(decodeEnvelope(encodeEnvelope(header, body))).toEqual({ header, body });
  });

  test("may have an empty body", () => {
    expect(decodeEnvelope(encodeEnvelope({}, bytes()))).toEqual({ header: {}, body: bytes() });
  });

  test("has its header length first, big-endian", () => {
    expect(encodeEnvelope({}, bytes(7))).toEqual(bytes(0, 0, 0, 2, 0x7b, 0x7d, 7));
  });

  test("is read from a view that does not start at the beginning of its buffer", () => {
    const padded = new Uint8Array([9, 9, 9, ...encodeEnvelope({ a: 1 }, bytes(5, 6))]);
    expect(decodeEnvelope(padded.subarray(3))).toEqual({ header: { a: 1 }, body: bytes(5, 6) });
  });

  test("with a header past the limit is not made", () => {
    const header = { name: "x".repeat(ROOM_LIMITS.envelopeHeaderBytesMax) };
    expect(() => encodeEnvelope(header, bytes())).toThrow(RangeError);
  });
});

describe("bytes that are no envelope", () => {
  const limit = ROOM_LIMITS.envelopeHeaderBytesMax;
  test.each([
    ["nothing", bytes()],
    ["a cut length", bytes(0, 0, 0)],
    ["a header longer than the message", bytes(0, 0, 0, 3, 0x7b, 0x7d)],
    ["a length of 2^32-1", bytes(255, 255, 255, 255, 0x7b, 0x7d)],
    ["an empty header", bytes(0, 0, 0, 0, 1, 2)],
    ["a header that is not JSON", bytes(0, 0, 0, 2, 0x7b, 0x7b)],
    ["a header that is not UTF-8", bytes(0, 0, 0, 3, 0x22, 0xff, 0x22)],
  ])("%s gives null", (_name, message) => {
    expect(decodeEnvelope(message)).toBeNull();
  });

  test("a header of exactly the limit is read, one byte more is not", () => {
    function message(headerLength: number): Uint8Array<ArrayBuffer> {
      const made = new Uint8Array(4 + headerLength).fill(0x20);
      new DataView(made.buffer).setUint32(0, headerLength);
      made[4] = 0x30;
      return made;
    }
    expect(decodeEnvelope(message(limit))).toEqual({ header: 0, body: bytes() });
    expect(decodeEnvelope(message(limit + 1))).toBeNull();
  });
});
