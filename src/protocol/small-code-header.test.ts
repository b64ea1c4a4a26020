import { expect, test } from "vitest";
import { type Bits, codeHeader, deflateBits } from "../../test/pure/deflate-bits.ts";
import { BitWriter } from "./small-bit-writer.ts";
import { CodeHeader } from "./small-code-header.ts";
import { HuffmanEncoder } from "./small-huffman-encoder.ts";

const header = new CodeHeader();
const output = new Uint8Array(500);

function encoderOf(lengths: readonly number[]): HuffmanEncoder {
  const encoder = new HuffmanEncoder(new Uint16Array(lengths.length), { bitsMax: 15, frequencyMax: 0 });
  encoder.assign(Uint8Array.from(lengths));
  return encoder;
}

/** The header for codes with these lengths, behind the 3 bits that begin a block. */
function written(literals: readonly number[], distances: readonly number[]): Uint8Array {
  const writer = new BitWriter(output);
  header.build(encoderOf(literals), encoderOf(distances));
  writer.write(0b100, 3);
  header.write(writer);
  expect(writer.bytes).toBe(Math.ceil((3 + header.bits) / 8));
  return output.slice(0, writer.bytes);
}

const times = (count: number, length: number): number[] => Array.from({ length: count }, () => length);

test("a block's codes are brought with it (RFC 1951 §3.2.7)", () => {
  // 1 is `0`, many zeros are `1`: of 19 lengths in their order, 18 have to be given.
  const bits = codeHeader({ literals: 257, distances: 2, lengthBits: { 1: 1, 18: 1 } });
  bits[3] = [18 - 4, 4];
  const lengths: Bits[] = ["1", [97 - 11, 7], "0", "1", [127, 7], "1", [9, 7], "0", "0", "0"];
  expect(written([...times(97, 0), 1, ...times(158, 0), 1], [1, 1])).toEqual(
    deflateBits(...bits.slice(0, -1), ...lengths),
  );
});

test("runs are shortened, also from one code's lengths into the other's, and what is left of them is not", () => {
  // 8 is `0`, its repetition `10`; 7 is `110`, zeros `111`, alone, few or many not.
  const plain = [...times(5, 8), ...times(2, 0), ...times(250, 8)];
  const [whole, cut] = [written(plain, times(8, 8)), written(plain, times(2, 8))];
  // 255 and 249 lengths in a row: the first, and repetitions of up to 6.
  expect(whole.length - cut.length).toBeLessThanOrEqual(1);
  expect(whole.length).toBeLessThan(30);
});
