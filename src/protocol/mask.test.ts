import { describe, expect, test } from "vitest";
import { applyMask, rotateMask } from "./mask.ts";

const mask = 0x81_02_f3_44 | 0;
const maskBytes = [0x81, 0x02, 0xf3, 0x44];

/** Lengths around which another way of masking is taken, and those that leave a rest of a word. */
const lengths = [0, 1, 3, 4, 5, 47, 48, 49, 51, 55, 56, 63, 399, 400, 401, 407, 408, 1023, 4096];

function patternOf(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => i * 7 + 3);
}

function maskedByHand(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ maskBytes[i % 4]!);
}

describe("applyMask (RFC 6455 §5.3)", () => {
  test.each(lengths)("%d bytes are masked as the octets of the RFC's formula", (length) => {
    const bytes = patternOf(length);
    applyMask(bytes, 0, length, mask);
    expect(bytes).toEqual(maskedByHand(patternOf(length)));
  });

  test.each([1, 2, 3, 4, 5, 6, 7])(
    "a range that begins %d bytes after a word's boundary is masked",
    (start) => {
      for (const length of lengths) {
        const bytes = new Uint8Array(start + length + 5).fill(0xee);
        bytes.set(patternOf(length), start);
        applyMask(bytes, start, start + length, mask);
        expect(bytes.subarray(start, start + length)).toEqual(maskedByHand(patternOf(length)));
        expect([...bytes.subarray(0, start), ...bytes.subarray(start + length)]).toEqual(
          Array.from({ length: start + 5 }, () => 0xee),
        );
      }
    },
  );

  test.each([1, 3, 4, 7])(
    "a view that begins %d bytes into its memory is masked where it lies",
    (byteOffset) => {
      const memory = new ArrayBuffer(1000);
      const bytes = new Uint8Array(memory, byteOffset, 900);
      bytes.set(patternOf(900));
      applyMask(bytes, 0, 900, mask);
      expect(bytes).toEqual(maskedByHand(patternOf(900)));
    },
  );

  test.each(lengths)(
    "says of %d masked bytes whether they are ASCII, or does not say that they are",
    (length) => {
      for (let at = 0; at < length; at += length < 100 ? 1 : 13) {
        const ascii = maskedByHand(new Uint8Array(length).fill(0x7f));
        const other = ascii.with(at, ascii[at]! ^ 0x80);
        expect(applyMask(ascii, 0, length, mask)).toBe(length < 400);
        expect(applyMask(other, 0, length, mask), `at ${at}`).toBe(false);
      }
    },
  );

  test("says that nothing is ASCII", () => {
    expect(applyMask(new Uint8Array([0xff]), 1, 1, mask)).toBe(true);
  });

  test("twice gives the bytes back", () => {
    const bytes = patternOf(500);
    applyMask(bytes, 3, 490, mask);
    applyMask(bytes, 3, 490, mask);
    expect(bytes).toEqual(patternOf(500));
  });
});

describe("rotateMask", () => {
  test.each([
    [0, 0x81_02_f3_44],
    [1, 0x02_f3_44_81],
    [2, 0xf3_44_81_02],
    [3, 0x44_81_02_f3],
    [4, 0x81_02_f3_44],
    [4_294_967_295, 0x44_81_02_f3],
  ])("after %d bytes the mask goes on where it was", (count, expected) => {
    expect(rotateMask(mask, count)).toBe(expected | 0);
  });
});
