import {
  BlockType,
  codeLengthBitsMax,
  codeLengthOrder,
  distanceBases,
  distanceExtraBits,
  distanceSymbols,
  endOfBlock,
  fixedDistanceBits,
  fixedLiteralBits,
  lengthBases,
  lengthExtraBits,
  literalSymbols,
  repeatLast,
  repeatManyZeros,
  repeatZeros,
} from "./small-deflate-symbols.ts";
import { codeBitsMask, HuffmanDecoder, meaningShift } from "./small-huffman-decoder.ts";

/**
 * An entry's meaning: a value, and below it how many extra bits follow. A literal's value is its byte, a length's what
 * is added to its extra bits and to `lengthOffset`, a distance's what is added to its extra bits.
 */
const valueShift = meaningShift + 4;
const extraBitsMask = 15;
const lengthOffset = endOfBlock + 1;
/** The value of symbols that the fixed code has and no data may (RFC 1951 §3.2.6). */
const forbidden = 0xffff;

/** Zero bytes behind the input. Whoever reads them has looked ahead, or will be found to be past the end. */
const paddingBytes = 16;

const literalMeanings = Int32Array.from(fixedLiteralBits, (_, symbol) => {
  if (symbol <= endOfBlock) return symbol << valueShift;
  const index = symbol - lengthOffset;
  if (symbol >= literalSymbols) return forbidden << valueShift;
  return ((lengthBases[index]! + lengthOffset) << valueShift) | (lengthExtraBits[index]! << meaningShift);
});
const distanceMeanings = Int32Array.from(fixedDistanceBits, (_, symbol) =>
  symbol >= distanceSymbols
    ? forbidden << valueShift
    : (distanceBases[symbol]! << valueShift) | (distanceExtraBits[symbol]! << meaningShift),
);
const codeLengthMeanings = Int32Array.from(codeLengthOrder, (_, symbol) => symbol << valueShift);

const literalTableBits = 9;
const distanceTableBits = 8;

const repeats = [repeatLast, repeatZeros, repeatManyZeros];

function fixedDecoder(meanings: Int32Array, bits: Uint8Array, tableBits: number): HuffmanDecoder {
  const decoder = new HuffmanDecoder(meanings, tableBits);
  decoder.begin();
  bits.forEach((length, symbol) => decoder.add(symbol, length));
  decoder.finish(false);
  return decoder;
}

const fixedLiterals = fixedDecoder(literalMeanings, fixedLiteralBits, literalTableBits);
const fixedDistances = fixedDecoder(distanceMeanings, fixedDistanceBits, distanceTableBits);

/**
 * Inflates small messages that stand for themselves (RFC 7692 §7.2.2, RFC 1951). It gives up, and leaves to another
 * inflater to say what is wrong, whatever is not plainly a whole message: data that is invalid, cut off, too large, or
 * that goes on after a final block.
 */
export class SmallInflater {
  readonly #input: Uint8Array;
  readonly #words: DataView;
  readonly #output: Uint8Array;
  /** The input's next bit, and the one behind its last. */
  #bit = 0;
  #endBit = 0;
  #made = 0;
  #madeMax = 0;
  readonly #orderedLengths = new Uint8Array(codeLengthOrder.length);
  readonly #literals = new HuffmanDecoder(literalMeanings, literalTableBits);
  readonly #distances = new HuffmanDecoder(distanceMeanings, distanceTableBits);
  readonly #codeLengths = new HuffmanDecoder(codeLengthMeanings, codeLengthBitsMax);

  /** Takes messages of up to `inputBytesMax` bytes; `output` is where they are inflated to, one after another. */
  constructor(inputBytesMax: number, output: Uint8Array) {
    this.#input = new Uint8Array(inputBytesMax + paddingBytes);
    this.#words = new DataView(this.#input.buffer);
    this.#output = output;
  }

  /** Returns how many bytes of `output` the message is, at most `bytesMax`; undefined if it gives up. */
  inflate(compressed: Uint8Array, bytesMax: number): number | undefined {
    const bytes = compressed.length;
    if (bytes > this.#input.length - paddingBytes) return undefined;
    this.#input.set(compressed);
    this.#input.fill(0, bytes, bytes + paddingBytes);
    this.#bit = 0;
    this.#endBit = bytes * 8;
    this.#made = 0;
    this.#madeMax = Math.min(bytesMax, this.#output.length);
    return this.#inflateBlocks() ? this.#made : undefined;
  }

  #inflateBlocks(): boolean {
    for (;;) {
      const isFinal = this.#take(1) === 1;
      const type = this.#take(2);
      if (this.#bit > this.#endBit) return false;
      if (type === BlockType.Stored) {
        this.#skipToByte();
        // The empty block whose lengths RFC 7692 §7.2.1 has removed.
        if (this.#bit === this.#endBit) return true;
      }
      if (!this.#inflateBlock(type)) return false;
      if (isFinal) return this.#isAtEnd();
    }
  }

  #inflateBlock(type: number): boolean {
    if (type === BlockType.Stored) return this.#copyStored();
    if (type === BlockType.Fixed) return this.#decode(fixedLiterals, fixedDistances);
    return type === BlockType.Dynamic && this.#readCodes() && this.#decode(this.#literals, this.#distances);
  }

  /** Whether a final block is followed by a zero byte, for an empty block (RFC 7692 §7.2.3.4), or by nothing. */
  #isAtEnd(): boolean {
    this.#skipToByte();
    const left = this.#endBit - this.#bit;
    return left === 0 || (left === 8 && this.#take(8) === 0);
  }

  /** The next bits, of which the word at any bit has 25 at least. */
  #take(count: number): number {
    const word = this.#words.getInt32(this.#bit >>> 3, true) >>> (this.#bit & 7);
    this.#bit += count;
    return word & ((1 << count) - 1);
  }

  #skipToByte(): void {
    this.#bit = (this.#bit + 7) & ~7;
  }

  /** A stored block (RFC 1951 §3.2.4), from its lengths on. */
  #copyStored(): boolean {
    const length = this.#take(16);
    const complement = this.#take(16);
    if ((length ^ complement) !== 0xffff) return false;
    const start = this.#bit >>> 3;
    this.#bit += length * 8;
    if (this.#bit > this.#endBit || this.#made + length > this.#madeMax) return false;
    this.#output.set(this.#input.subarray(start, start + length), this.#made);
    this.#made += length;
    return true;
  }

  /** Reads the codes that a block brings with it (RFC 1951 §3.2.7). */
  #readCodes(): boolean {
    const literals = this.#take(5) + endOfBlock + 1;
    const distances = this.#take(5) + 1;
    if (literals > literalSymbols || distances > distanceSymbols || !this.#readLengthsCode()) return false;
    this.#literals.begin();
    this.#distances.begin();
    return (
      this.#readLengths(literals, literals + distances) &&
      this.#literals.finish(true) &&
      this.#distances.finish(true)
    );
  }

  /** Reads the code for code lengths. */
  #readLengthsCode(): boolean {
    const ordered = this.#take(4) + 4;
    const lengths = this.#orderedLengths.fill(0);
    for (let i = 0; i < ordered; i++) lengths[codeLengthOrder[i]!] = this.#take(3);
    this.#codeLengths.begin();
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol]! > 0) this.#codeLengths.add(symbol, lengths[symbol]!);
    }
    return this.#codeLengths.finish(false);
  }

  /** Reads the lengths of both codes, one after the other: a run may go from one into the next. */
  #readLengths(literals: number, total: number): boolean {
    const { table, tableMask } = this.#codeLengths;
    let length = 0;
    let hasEnd = false;
    for (let at = 0; at < total; ) {
      if (this.#bit > this.#endBit) return false;
      const entry = table[this.#take(codeLengthBitsMax) & tableMask]!;
      this.#bit += (entry & codeBitsMask) - codeLengthBitsMax;
      const symbol = entry >>> valueShift;
      let end = at + 1;
      if (symbol < repeatLast.symbol) {
        length = symbol;
      } else {
        const { least, extraBits } = repeats[symbol - repeatLast.symbol]!;
        if (symbol > repeatLast.symbol) length = 0;
        else if (at === 0) return false;
        end = at + least + this.#take(extraBits);
      }
      if (end > total) return false;
      if (length === 0) {
        at = end;
        continue;
      }
      if (at <= endOfBlock && end > endOfBlock) hasEnd = true;
      for (; at < end; at++) {
        if (at < literals) this.#literals.add(at, length);
        else this.#distances.add(at - literals, length);
      }
    }
    return hasEnd;
  }

  /** Decodes up to the end of the block (RFC 1951 §3.2.3). Its state is local, as this is what takes the time. */
  #decode(literals: HuffmanDecoder, distances: HuffmanDecoder): boolean {
    const words = this.#words;
    const output = this.#output;
    const endBit = this.#endBit;
    const madeMax = this.#madeMax;
    const { table: literalTable, tableMask: literalMask } = literals;
    const { table: distanceTable, tableMask: distanceMask } = distances;
    let bit = this.#bit;
    let made = this.#made;
    while (bit <= endBit) {
      // At least 25 bits: enough for the longest code and the extra bits of a length.
      let word = words.getInt32(bit >>> 3, true) >>> (bit & 7);
      let entry = literalTable[word & literalMask]!;
      if (entry === 0) entry = literals.find(word);
      const value = entry >>> valueShift;
      bit += entry & codeBitsMask;
      if (value < endOfBlock) {
        if (made >= madeMax || entry === 0) return false;
        output[made++] = value;
        continue;
      }
      if (value === endOfBlock) {
        this.#bit = bit;
        this.#made = made;
        return bit <= endBit;
      }
      let extraBits = (entry >>> meaningShift) & extraBitsMask;
      word >>>= entry & codeBitsMask;
      const copyEnd = made + value - lengthOffset + (word & ((1 << extraBits) - 1));
      bit += extraBits;
      word = words.getInt32(bit >>> 3, true) >>> (bit & 7);
      entry = distanceTable[word & distanceMask]!;
      if (entry === 0) entry = distances.find(word);
      bit += entry & codeBitsMask;
      word = words.getInt32(bit >>> 3, true) >>> (bit & 7);
      extraBits = (entry >>> meaningShift) & extraBitsMask;
      const distance = (entry >>> valueShift) + (word & ((1 << extraBits) - 1));
      bit += extraBits;
      // Also for a symbol that must not occur, whose length or distance is more than there can be.
      if (distance > made || copyEnd > madeMax || entry === 0) return false;
      for (let from = made - distance; made < copyEnd; ) output[made++] = output[from++]!;
    }
    return false;
  }
}
