import type { BitWriter } from "./small-bit-writer.ts";
import {
  codeLengthBitsMax,
  codeLengthOrder,
  distanceSymbols,
  endOfBlock,
  literalSymbols,
  repeatLast,
  repeatManyZeros,
  repeatZeros,
} from "./small-deflate-symbols.ts";
import { HuffmanEncoder, lengthBits, lengthMask } from "./small-huffman-encoder.ts";

/** An item has its symbol in these bits, and above them what its extra bits say. */
const symbolBits = 5;
const symbolMask = (1 << symbolBits) - 1;
const repeats = [repeatLast, repeatZeros, repeatManyZeros];

/** How a block brings its own codes with it: their lengths, repetitions shortened, in a third code (RFC 1951 §3.2.7). */
export class CodeHeader {
  /** How many bits it takes. */
  bits = 0;
  #literals = 0;
  #distances = 0;
  #ordered = 0;
  readonly #lengths = new Uint8Array(literalSymbols + distanceSymbols);
  readonly #items = new Uint16Array(literalSymbols + distanceSymbols);
  #count = 0;
  readonly #frequencies = new Uint16Array(codeLengthOrder.length);
  readonly #code = new HuffmanEncoder(this.#frequencies, {
    bitsMax: codeLengthBitsMax,
    frequencyMax: literalSymbols + distanceSymbols,
  });

  /** Makes the header for these codes. */
  build(literals: HuffmanEncoder, distances: HuffmanEncoder): void {
    this.#literals = literals.size;
    this.#distances = distances.size;
    this.#copyLengths(literals, 0);
    this.#copyLengths(distances, literals.size);
    this.#findRuns(literals.size + distances.size);
    this.#code.build();
    this.#ordered = codeLengthOrder.length;
    while (this.#code.entries[codeLengthOrder[this.#ordered - 1]!] === 0) this.#ordered--;
    this.bits = 5 + 5 + 4 + 3 * this.#ordered + this.#code.bits;
    for (const { symbol, extraBits } of repeats) this.bits += this.#frequencies[symbol]! * extraBits;
  }

  write(writer: BitWriter): void {
    const { entries } = this.#code;
    writer.write(this.#literals - endOfBlock - 1, 5);
    writer.write(this.#distances - 1, 5);
    writer.write(this.#ordered - 4, 4);
    for (let i = 0; i < this.#ordered; i++) writer.write(entries[codeLengthOrder[i]!]! & lengthMask, 3);
    for (let i = 0; i < this.#count; i++) {
      const item = this.#items[i]!;
      const symbol = item & symbolMask;
      const entry = entries[symbol]!;
      writer.write(entry >>> lengthBits, entry & lengthMask);
      if (symbol >= repeatLast.symbol) {
        writer.write(item >>> symbolBits, repeats[symbol - repeatLast.symbol]!.extraBits);
      }
    }
  }

  #copyLengths({ entries, size }: HuffmanEncoder, to: number): void {
    for (let symbol = 0; symbol < size; symbol++) this.#lengths[to + symbol] = entries[symbol]! & lengthMask;
  }

  /** A run may go from one code's lengths into the other's. */
  #findRuns(total: number): void {
    const lengths = this.#lengths;
    this.#frequencies.fill(0);
    this.#count = 0;
    for (let at = 0; at < total; ) {
      const length = lengths[at]!;
      const start = at;
      while (at < total && lengths[at] === length) at++;
      this.#addRun(length, at - start);
    }
  }

  #addRun(length: number, run: number): void {
    let left = run;
    // A length is repeated that was given, zeros need not have been.
    if (length > 0) {
      this.#add(length, 0);
      left--;
    }
    while (left >= repeatLast.least) {
      const zeros = left < repeatManyZeros.least ? repeatZeros : repeatManyZeros;
      const { symbol, least, extraBits } = length > 0 ? repeatLast : zeros;
      const times = Math.min(left, least + (1 << extraBits) - 1);
      this.#add(symbol, times - least);
      left -= times;
    }
    for (; left > 0; left--) this.#add(length, 0);
  }

  #add(symbol: number, extra: number): void {
    this.#items[this.#count++] = (extra << symbolBits) | symbol;
    this.#frequencies[symbol]!++;
  }
}
