import { expect, test } from "vitest";
import { deflateBits } from "../../test/pure/deflate-bits.ts";
import { BitWriter, writtenBitsMax } from "./small-bit-writer.ts";

const output = new Uint8Array(100);
const writer = new BitWriter(output);

function written(...values: readonly (readonly [value: number, bits: number])[]): Uint8Array {
  writer.restart();
  for (const [value, bits] of values) writer.write(value, bits);
  return output.slice(0, writer.bytes);
}

test("bits go from the lowest of a byte to the highest, and so do those of a value (RFC 1951 §3.1.1)", () => {
  expect([...written([0b1, 1], [0b10, 2], [0b11111, 5])]).toEqual([0b11111_10_1]);
  expect([...written([0x1234, 16])]).toEqual([0x34, 0x12]);
});

test("a byte that is not full ends with zeros, whatever was there before", () => {
  written([0xffffff, 24]);
  expect([...written([0b101, 3])]).toEqual([0b101]);
  expect([...written()]).toEqual([]);
});

test.each([0, 1, 7, 8, 15, writtenBitsMax])("values of %d bits lie side by side, from any bit on", (bits) => {
  for (let before = 0; before < 8; before++) {
    const values = [1, 2, 3, 4, 5].map((i) => [(i * 0x9e3779) & ((1 << bits) - 1), bits] as const);
    const all = [[0, before] as const, ...values];
    expect(written(...all)).toEqual(deflateBits(...all));
  }
});

test("it writes to a part of a buffer", () => {
  const part = output.subarray(10, 20);
  const other = new BitWriter(part);
  other.write(0xabc, 12);
  expect([...part.subarray(0, other.bytes)]).toEqual([0xbc, 0x0a]);
});
