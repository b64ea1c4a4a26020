import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SmallDeflater, SmallInflater } from "../../src/protocol/index.ts";
import { ZlibInflater } from "../../src/websocket/zlib-codec.ts";
import { deflate, inflate } from "../raw-peer/deflate.ts";

const timeout = 60_000;
const numRuns = 5000;

const inputBytesMax = 4096;
const bytesMax = 8192;
const output = Buffer.alloc(bytesMax);
const inflater = new SmallInflater(inputBytesMax, output);
const deflated = Buffer.alloc(2 * bytesMax);
const deflater = new SmallDeflater(bytesMax, deflated);
const zlib = new ZlibInflater({ windowBits: 15, takesOverContext: false });

/** What the inflater makes of it; undefined where it gives up. */
function inflated(data: Uint8Array, limit: number): Buffer | undefined {
  const bytes = inflater.inflate(data, limit);
  return bytes === undefined ? undefined : Buffer.from(output.subarray(0, bytes));
}

/** A text of few words, bytes of few kinds, any bytes, and long runs. */
const messages = fc.oneof(
  fc
    .array(fc.constantFrom("cabin", "rope", "way", '":"', "\n", "\u00e4", "12", "7"), { maxLength: 900 })
    .map((words) => Buffer.from(words.join(""))),
  fc.uint8Array({ maxLength: 4000, max: 6 }).map((bytes) => Buffer.from(bytes.map((byte) => byte * byte))),
  fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 900 })), { maxLength: 8 })
    .map((runs) => Buffer.concat(runs.map(([byte, size]) => Buffer.alloc(size, byte)))),
);

/** A way in which zlib deflates. */
interface Setting {
  readonly level: number;
  readonly memLevel: number;
  readonly strategy: number;
  readonly windowBits: number;
}

const settings: fc.Arbitrary<Setting> = fc.record({
  level: fc.integer({ min: -1, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});

const streams = fc.tuple(fc.array(messages, { minLength: 1, maxLength: 3 }), settings, fc.boolean());

/** Messages one after another, each ended by an empty block; the last may be a final one, or have lost its tail. */
function streamOf(parts: readonly Buffer[], setting: Setting, isFinal: boolean): Buffer {
  const flushed = parts.map((part, i) => {
    const ends = isFinal && i === parts.length - 1;
    const finishFlush = ends ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    return deflateRawSync(part, { ...setting, finishFlush });
  });
  const whole = Buffer.concat(flushed);
  return isFinal ? whole : whole.subarray(0, -4);
}

describe("what the inflater for small messages makes", () => {
  test("is what zlib deflated, in any way and in any number of blocks", { timeout }, () => {
    const property = fc.property(streams, ([parts, setting, isFinal]) => {
      const data = streamOf(parts, setting, isFinal);
      const message = Buffer.concat(parts);
      const isSmall = data.length <= inputBytesMax && message.length <= bytesMax;
      const made = inflated(data, bytesMax);
      expect(made === undefined).toBe(!isSmall);
      if (made !== undefined) expect(made.equals(message)).toBe(true);
    });
    fc.assert(property, { numRuns });
  });

  test("is what zlib makes of broken data, unless it gives up", { timeout }, () => {
    const flips = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 255 })),
      {
        maxLength: 4,
      },
    );
    const cuts = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
    const limits = fc.oneof(fc.constant(bytesMax), fc.nat(3000));
    const property = fc.property(streams, flips, cuts, limits, ([parts, ...how], changes, cut, limit) => {
      const data = Buffer.from(streamOf(parts, ...how));
      for (const [place, change] of changes) {
        // Most of the structure is at the begin.
        const at = Math.floor(place ** 3 * data.length);
        if (at < data.length) data[at]! ^= change;
      }
      const broken = data.subarray(0, Math.ceil(cut * data.length));
      const made = inflated(broken, limit);
      if (made !== undefined) expect(made).toEqual(zlib.inflate(broken, limit));
    });
    fc.assert(property, { numRuns });
  });

  test("is what zlib makes of any bytes, unless it gives up", { timeout }, () => {
    const kinds = fc.constantFrom(0, 1, 2, 3, 4, 5);
    const property = fc.property(fc.uint8Array({ maxLength: 80 }), kinds, (bytes, kind) => {
      if (bytes.length > 0) bytes[0] = (bytes[0]! & 0xf8) | kind;
      const made = inflated(bytes, bytesMax);
      if (made !== undefined) expect(made).toEqual(zlib.inflate(bytes, bytesMax));
    });
    fc.assert(property, { numRuns: 4 * numRuns });
  });
});

describe("what the deflater for small messages makes", () => {
  test("is what zlib and our inflater read, with any window", { timeout }, () => {
    const property = fc.property(messages, fc.integer({ min: 8, max: 15 }), (message, windowBits) => {
      const data = deflated.subarray(0, deflater.deflate(message, windowBits));
      expect(inflate(data, { windowBits }).equals(message)).toBe(true);
      if (data.length <= inputBytesMax) expect(inflated(data, bytesMax)?.equals(message)).toBe(true);
    });
    fc.assert(property, { numRuns });
  });

  test("is never larger than the message by more than a stored block takes, and not much larger than zlib's", {
    timeout,
  }, () => {
    const property = fc.property(messages, (message) => {
      const bytes = deflater.deflate(message, 15);
      expect(bytes).toBeLessThanOrEqual(message.length + 6);
      expect(bytes).toBeLessThanOrEqual(1.6 * deflate(message).length + 16);
    });
    fc.assert(property, { numRuns });
  });
});
