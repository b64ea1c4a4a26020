/** The alphabets of RFC 1951 §3.2.5 and §3.2.6. */

/** The two bits behind the one that marks a final block (RFC 1951 §3.2.3): no code, the fixed ones, ones of its own. */
export const BlockType = { Stored: 0, Fixed: 1, Dynamic: 2 } as const;

/** Ends a block; the literals come before it, the lengths after it. */
export const endOfBlock = 256;
export const matchLengthMin = 3;
export const matchLengthMax = 258;
/** Symbols that may occur; the fixed code has some more. */
export const literalSymbols = 286;
export const distanceSymbols = 30;
/** No symbol's code is longer, in bits (RFC 1951 §3.2.7). */
export const codeBitsMax = 15;

/** Bits that follow the length symbol `endOfBlock + 1 + index`. */
export const lengthExtraBits: Uint8Array = Uint8Array.from({ length: 29 }, (_, index) =>
  index < 4 || index === 28 ? 0 : (index >> 2) - 1,
);
/** Bits that follow a distance symbol. */
export const distanceExtraBits: Uint8Array = Uint8Array.from({ length: distanceSymbols }, (_, symbol) =>
  symbol < 2 ? 0 : (symbol >> 1) - 1,
);
/** The least length of each length symbol. The longest has a symbol of its own. */
export const lengthBases: Uint16Array = basesOf(lengthExtraBits, matchLengthMin).fill(matchLengthMax, 28);
/** The least distance of each distance symbol. */
export const distanceBases: Uint16Array = basesOf(distanceExtraBits, 1);

/** The fixed code's lengths: literals and lengths, two of which must not occur, then distances likewise. */
export const fixedLiteralBits: Uint8Array = new Uint8Array(288)
  .fill(8, 0, 144)
  .fill(9, 144, 256)
  .fill(7, 256, 280)
  .fill(8, 280);
export const fixedDistanceBits: Uint8Array = new Uint8Array(32).fill(5);

/** No code of the code for code lengths is longer, in bits. */
export const codeLengthBitsMax = 7;

/** A symbol of the code for code lengths that stands for several of them: `least`, and what its extra bits add. */
export interface Repeat {
  readonly symbol: number;
  readonly least: number;
  readonly extraBits: number;
}
/** Repeats the length before it. */
export const repeatLast: Repeat = { symbol: 16, least: 3, extraBits: 2 };
export const repeatZeros: Repeat = { symbol: 17, least: 3, extraBits: 3 };
export const repeatManyZeros: Repeat = { symbol: 18, least: 11, extraBits: 7 };

/** The order in which the lengths of the code for code lengths are written (RFC 1951 §3.2.7). */
export const codeLengthOrder: Uint8Array = new Uint8Array([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

const lengthSymbols = Uint16Array.from(
  { length: matchLengthMax + 1 },
  (_, length) =>
    endOfBlock + 1 + lengthBases.findLastIndex((base) => base <= Math.max(length, matchLengthMin)),
);

export function lengthSymbol(length: number): number {
  return lengthSymbols[length]!;
}

/** From the fifth distance on there are two symbols for each power of two. */
export function distanceSymbol(distance: number): number {
  const before = distance - 1;
  if (before < 4) return before;
  const top = 31 - Math.clz32(before);
  return 2 * top + ((before >>> (top - 1)) & 1);
}

function basesOf(extraBits: Uint8Array, first: number): Uint16Array {
  let next = first;
  return Uint16Array.from(extraBits, (bits) => {
    const base = next;
    next += 1 << bits;
    return base;
  });
}
