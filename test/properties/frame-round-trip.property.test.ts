import fc from "fast-check";
import { expect, test } from "vitest";
import { applyMask, FIN, frameHeaderBytes, RSV1, writeFrameHeader } from "../../src/protocol/index.ts";
import { decodeFrame } from "../raw-peer/frame.ts";

const numRuns = 10_000;
const timeout = 60_000;
const uint32 = fc.nat(0xffff_ffff);

/** A header that a length of up to 2^53 - 1 takes, with no payload behind it. */
const lengths = fc.oneof(
  fc.nat(200),
  fc.integer({ min: 65_000, max: 66_000 }),
  fc.nat(Number.MAX_SAFE_INTEGER),
);

test("a written header holds what was given, in the fewest bytes", { timeout }, () => {
  const firsts = fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom(0, 1, 2, 8, 9, 10));
  const property = fc.property(
    firsts,
    lengths,
    fc.option(uint32, { nil: undefined }),
    ([fin, rsv1, opcode], length, mask) => {
      const first = (fin ? FIN : 0) | (rsv1 ? RSV1 : 0) | opcode;
      const target = new Uint8Array(20).fill(0xee);
      const end = writeFrameHeader(target, 3, first, length, mask);
      expect(end - 3).toBe(frameHeaderBytes(length, mask !== undefined));
      expect(target.slice(end).every((byte) => byte === 0xee)).toBe(true);
      expect(readHeader(Buffer.from(target.subarray(3, end)))).toEqual({ first, length, mask });
      expect(end - 3 - (mask === undefined ? 0 : 4)).toBe(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    },
  );
  fc.assert(property, { numRuns });
});

test("a frame with a written header and mask decodes to its payload", { timeout }, () => {
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ minLength: 120, maxLength: 1_000 }),
  );
  const property = fc.property(
    payloads,
    fc.option(uint32, { nil: undefined }),
    fc.nat(16),
    (payload, mask, at) => {
      const target = new Uint8Array(
        at + frameHeaderBytes(payload.length, mask !== undefined) + payload.length,
      );
      const body = writeFrameHeader(target, at, FIN | 2, payload.length, mask);
      target.set(payload, body);
      if (mask !== undefined) applyMask(target, body, target.length, mask);
      const { frame, size } = decodeFrame(Buffer.from(target.subarray(at)))!;
      expect([frame.fin, frame.opcode, frame.rsv, size]).toEqual([true, 2, 0, target.length - at]);
      expect(frame.payload.equals(payload)).toBe(true);
    },
  );
  fc.assert(property, { numRuns });
});

test("masking is the XOR of RFC 6455 §5.3, touches nothing else, and undoes itself", { timeout }, () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.uint8Array({ minLength: 380, maxLength: 900 }),
  );
  const property = fc.property(bytes, uint32, fc.nat(9), fc.nat(9), (payload, mask, before, after) => {
    const room = new Uint8Array(before + payload.length + after + 8).fill(0x55);
    // A view into the middle of a buffer, so that every alignment comes up.
    const view = room.subarray(before % 8);
    view.set(payload, before);
    const key = Buffer.alloc(4);
    key.writeUInt32BE(mask);
    applyMask(view, before, before + payload.length, mask);
    const expected = payload.map((byte, i) => byte ^ key[i % 4]!);
    expect(Buffer.from(view.subarray(before, before + payload.length)).equals(expected)).toBe(true);
    applyMask(view, before, before + payload.length, mask);
    expect(Buffer.from(view.subarray(before, before + payload.length)).equals(payload)).toBe(true);
    expect(view.subarray(0, before).every((byte) => byte === 0x55)).toBe(true);
    expect(view.subarray(before + payload.length).every((byte) => byte === 0x55)).toBe(true);
  });
  fc.assert(property, { numRuns });
});

function readHeader(bytes: Buffer): { first: number; length: number; mask: number | undefined } {
  const short = bytes[1]! & 0x7f;
  const maskAt = short === 127 ? 10 : short === 126 ? 4 : 2;
  const length =
    short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  return { first: bytes[0]!, length, mask: bytes[1]! >= 0x80 ? bytes.readUInt32BE(maskAt) : undefined };
}
