import { describe, expect, test } from "vitest";
import { HuffmanEncoder, lengthBits, lengthMask } from "./small-huffman-encoder.ts";

function encoderFor(frequencies: readonly number[], bitsMax = 15): HuffmanEncoder {
  const encoder = new HuffmanEncoder(Uint16Array.from(frequencies), { bitsMax, frequencyMax: 10_000 });
  encoder.build();
  return encoder;
}

/** Each symbol's code as a text, first bit first. */
function codesOf({ entries, size }: HuffmanEncoder): string[] {
  return Array.from(entries.subarray(0, size), (entry) =>
    Array.from({ length: entry & lengthMask }, (_, i) => (entry >>> (lengthBits + i)) & 1).join(""),
  );
}

describe("a code for frequencies", () => {
  test("is shorter for what occurs more often, and counts up within a length (RFC 1951 §3.2.2)", () => {
    expect(codesOf(encoderFor([1, 5, 2, 1]))).toEqual(["110", "0", "10", "111"]);
    expect(codesOf(encoderFor([3, 3, 3, 3]))).toEqual(["00", "01", "10", "11"]);
  });

  test("has no code for what does not occur", () => {
    const encoder = encoderFor([0, 4, 0, 4, 0, 0]);
    expect(codesOf(encoder)).toEqual(["", "0", "", "1"]);
    expect(encoder.size).toBe(4);
  });

  test.each([
    [
      [0, 0, 0, 0],
      ["0", "1"],
    ],
    [
      [0, 0, 7, 0],
      ["0", "", "1"],
    ],
    [
      [7, 0, 0, 0],
      ["0", "1"],
    ],
  ])("has two symbols at least: %j", (frequencies, codes) => {
    expect(codesOf(encoderFor(frequencies))).toEqual(codes);
  });

  test("tells the bits of all that occurs, with it or with other lengths", () => {
    const encoder = encoderFor([1, 5, 2, 1]);
    expect(encoder.bits).toBe(3 + 5 + 4 + 3);
    expect(encoder.bitsBy(Uint8Array.of(1, 2, 3, 4))).toBe(1 + 10 + 6 + 4);
  });

  test.each([5, 7, 15])("has no code longer than %d bits, and is complete", (bitsMax) => {
    const fibonacci = [1, 1];
    while (fibonacci.length < 19) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
    const lengths = codesOf(encoderFor(fibonacci, bitsMax)).map((code) => code.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(bitsMax);
    expect(lengths.reduce((room, length) => room - 2 ** -length, 1)).toBe(0);
  });

  test("is made anew each time", () => {
    const frequencies = Uint16Array.of(1, 5, 2, 1);
    const encoder = new HuffmanEncoder(frequencies, { bitsMax: 15, frequencyMax: 5 });
    encoder.build();
    frequencies.set([1, 1, 0, 0]);
    encoder.build();
    expect(codesOf(encoder)).toEqual(["0", "1"]);
  });
});

test("a code is numbered from its lengths, as in the example of RFC 1951 §3.2.2", () => {
  const encoder = new HuffmanEncoder(new Uint16Array(8), { bitsMax: 15, frequencyMax: 0 });
  encoder.assign(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4));
  expect(codesOf(encoder)).toEqual(["010", "011", "100", "101", "110", "00", "1110", "1111"]);
});
