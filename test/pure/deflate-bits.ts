/** DEFLATE data written bit by bit (RFC 1951 §3.1.1), apart from `src/protocol`. */

/** A value's bits go in from the lowest on; a code's are a text, first bit first. */
export type Bits = readonly [value: number, count: number] | string;

export function deflateBits(...parts: readonly Bits[]): Uint8Array {
  const bits = parts.flatMap((part) =>
    typeof part === "string"
      ? Array.from(part, Number)
      : Array.from({ length: part[1] }, (_, i) => (part[0] >>> i) & 1),
  );
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) bytes[i >> 3]! |= bit << (i & 7);
  return bytes;
}

/** The order of RFC 1951 §3.2.7. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

export interface CodeHeaderParts {
  readonly literals: number;
  readonly distances: number;
  /** By symbol of the code for code lengths. */
  readonly lengthBits: Readonly<Record<number, number>>;
}

/** The begin of a block with codes of its own, up to the code lengths. */
export function codeHeader({ literals, distances, lengthBits }: CodeHeaderParts): Bits[] {
  return [
    [0b100, 3],
    [literals - 257, 5],
    [distances - 1, 5],
    [order.length - 4, 4],
    ...order.map((symbol): Bits => [lengthBits[symbol] ?? 0, 3]),
  ];
}
