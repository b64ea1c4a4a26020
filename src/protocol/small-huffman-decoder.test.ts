import { describe, expect, test } from "vitest";
import { codeBitsMask, HuffmanDecoder, meaningShift } from "./small-huffman-decoder.ts";

const meanings = Int32Array.from({ length: 32 }, (_, symbol) => symbol << meaningShift);
const tableBitsMax = 4;

/** A decoder for codes of these lengths by symbol; undefined if they make none. */
function decoderOf(lengths: readonly number[], mayBeSingle = true): HuffmanDecoder | undefined {
  const decoder = new HuffmanDecoder(meanings, tableBitsMax);
  // What is left of another code must not matter.
  for (const given of [[2, 2, 2, 2], lengths]) {
    decoder.begin();
    for (const [symbol, length] of given.entries()) if (length > 0) decoder.add(symbol, length);
    if (!decoder.finish(mayBeSingle)) return undefined;
  }
  return decoder;
}

/** The symbol that a text of bits begins with, and how many of them it takes. */
function decode(decoder: HuffmanDecoder, bits: string): [symbol: number, length: number] | undefined {
  const next = Number.parseInt(Array.from(bits).toReversed().join(""), 2);
  const entry = decoder.table[next & decoder.tableMask] || decoder.find(next);
  return entry === 0 ? undefined : [entry >>> meaningShift, entry & codeBitsMask];
}

describe("a code by its lengths (RFC 1951 §3.2.2)", () => {
  test("is that of the RFC's example", () => {
    const decoder = decoderOf([3, 3, 3, 3, 3, 2, 4, 4])!;
    const codes = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
    expect(codes.map((code) => decode(decoder, `${code}0110`))).toEqual(
      codes.map((code, symbol) => [symbol, code.length]),
    );
  });

  test("may have 15 bits, more than are looked up", () => {
    const decoder = decoderOf([...Array.from({ length: 15 }, (_, i) => i + 1), 15])!;
    for (let symbol = 0; symbol < 15; symbol++) {
      expect(decode(decoder, `${"1".repeat(symbol)}000`)).toEqual([symbol, symbol + 1]);
    }
    expect(decode(decoder, "1".repeat(15))).toEqual([15, 15]);
  });
});

describe("lengths that make no code", () => {
  test.each([
    ["too many", [1, 1, 1]],
    ["too many of the longest", [1, 2, 3, 3, 3]],
    ["too few", [2, 2, 2]],
    ["a single one of two bits", [2]],
  ])("%s", (_what, lengths) => {
    expect(decoderOf(lengths)).toBeUndefined();
  });

  test("one of one bit, or none, unless that is allowed (RFC 1951 §3.2.7)", () => {
    for (const lengths of [[0, 1], []]) {
      expect(decoderOf(lengths, false)).toBeUndefined();
      expect(decode(decoderOf(lengths)!, "1")).toBeUndefined();
    }
    expect(decode(decoderOf([0, 1])!, "0")).toEqual([1, 1]);
  });
});
