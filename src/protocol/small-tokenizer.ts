import {
  distanceSymbol,
  distanceSymbols,
  endOfBlock,
  lengthSymbol,
  literalSymbols,
  matchLengthMax,
  matchLengthMin,
} from "./small-deflate-symbols.ts";

/** A token that is no literal has a match's length above these bits, and its distance in them. */
export const distanceBits = 16;
export const distanceMask = (1 << distanceBits) - 1;

const hashBitsMin = 6;
const hashBitsMax = 12;
/** 2^32 by the golden ratio: what it multiplies is spread over the high bits. */
const hashFactor = 0x9e3779b1;
/** A match that is not shorter is taken without a look at what begins at the next byte. */
const goodLength = 16;

/**
 * Cuts a small message into literals and matches (RFC 1951 §4), and counts their symbols. Of earlier places with the same
 * three bytes only the last is known, which in a small message is nearly as good as more.
 */
export class Tokenizer {
  /** The message, with room behind it, as words are read from every byte on. */
  readonly input: Uint8Array;
  readonly tokens: Int32Array;
  /** How many tokens there are, without one for the end of the block. */
  count = 0;
  /** By symbol: how often it occurs; the end of the block once. */
  readonly literals = new Uint16Array(literalSymbols);
  readonly distances = new Uint16Array(distanceSymbols);

  readonly #words: DataView;
  /** By hash: where three bytes were met last, plus 1. */
  readonly #places = new Uint16Array(1 << hashBitsMax);
  #hashShift = 0;
  #windowBytes = 0;
  #end = 0;
  #distance = 0;

  /** For messages of up to `bytesMax` bytes, below 2^16. */
  constructor(bytesMax: number) {
    this.input = new Uint8Array(bytesMax + 8);
    this.tokens = new Int32Array(bytesMax);
    this.#words = new DataView(this.input.buffer);
  }

  /** Takes a message. Its matches reach back no further than `windowBytes`. */
  tokenize(message: Uint8Array, windowBytes: number): void {
    const { input } = this;
    input.set(message);
    this.#begin(message.length, windowBytes);
    for (let at = 0; at < message.length; ) {
      const length = this.#match(at);
      if (length === 0) {
        this.#addLiteral(input[at++]!);
        continue;
      }
      const distance = this.#distance;
      const nextLength = length < goodLength ? this.#match(at + 1) : 0;
      if (nextLength > length) {
        this.#addLiteral(input[at]!);
        this.#addMatch(nextLength, this.#distance);
        at += 1 + nextLength;
      } else {
        this.#addMatch(length, distance);
        at += length;
      }
    }
  }

  #begin(bytes: number, windowBytes: number): void {
    const hashBits = Math.min(hashBitsMax, Math.max(hashBitsMin, 32 - Math.clz32(bytes)));
    this.#places.fill(0, 0, 1 << hashBits);
    this.#hashShift = 32 - hashBits;
    this.#windowBytes = windowBytes;
    this.#end = bytes;
    this.literals.fill(0);
    this.distances.fill(0);
    this.literals[endOfBlock] = 1;
    this.count = 0;
  }

  #addLiteral(byte: number): void {
    this.literals[byte]!++;
    this.tokens[this.count++] = byte;
  }

  #addMatch(length: number, distance: number): void {
    this.literals[lengthSymbol(length)]!++;
    this.distances[distanceSymbol(distance)]!++;
    this.tokens[this.count++] = (length << distanceBits) | distance;
  }

  /** The length of the match at a byte, which is remembered there; 0 if there is none. */
  #match(at: number): number {
    const words = this.#words;
    const bytes = words.getInt32(at, true) << 8;
    const hash = Math.imul(bytes, hashFactor) >>> this.#hashShift;
    const candidate = this.#places[hash]! - 1;
    this.#places[hash] = at + 1;
    if (candidate < 0 || words.getInt32(candidate, true) << 8 !== bytes) return 0;
    const distance = at - candidate;
    const end = Math.min(at + matchLengthMax, this.#end);
    let to = at + matchLengthMin;
    // Behind the message lies what is left of an earlier one.
    if (to > end || distance > this.#windowBytes) return 0;
    const { input } = this;
    while (to < end && input[to - distance] === input[to]) to++;
    this.#distance = distance;
    return to - at;
  }
}
