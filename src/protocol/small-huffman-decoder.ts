import { codeBitsMax } from "./small-deflate-symbols.ts";

/** The lowest bits of an entry are its code's length, those above are what the code means. */
export const meaningShift = 4;
export const codeBitsMask = 15;

/**
 * Decodes one prefix code of RFC 1951 §3.2.2. Codes up to `tableBitsMax` long are looked up in `table` by the bits that
 * come next; longer ones, which are rare, are searched for.
 */
export class HuffmanDecoder {
  /** By the next bits, as many as `tableMask` has: what they begin with; 0 if that is longer, or no code. */
  readonly table: Int32Array;
  tableMask = 0;
  readonly #tableBitsMax: number;
  readonly #meanings: Int32Array;
  /** The symbols that have codes, in the order in which they were added, with their lengths. */
  readonly #symbols: Uint16Array;
  readonly #lengths: Uint8Array;
  #size = 0;
  /** The same by length, and then by symbol: what they mean. */
  readonly #sorted: Int32Array;
  readonly #counts = new Uint16Array(codeBitsMax + 1);
  readonly #places = new Uint16Array(codeBitsMax + 1);

  /** `meanings` holds what each symbol means, shifted by `meaningShift`. */
  constructor(meanings: Int32Array, tableBitsMax: number) {
    this.#meanings = meanings;
    this.#tableBitsMax = tableBitsMax;
    this.table = new Int32Array(1 << tableBitsMax);
    this.#symbols = new Uint16Array(meanings.length);
    this.#lengths = new Uint8Array(meanings.length);
    this.#sorted = new Int32Array(meanings.length);
  }

  /** Begins another code. After it, `add` its symbols in their order, then `finish` it. */
  begin(): void {
    this.#size = 0;
    this.#counts.fill(0);
  }

  /** Adds a symbol whose code is `length` bits long, at least one. */
  add(symbol: number, length: number): void {
    this.#symbols[this.#size] = symbol;
    this.#lengths[this.#size++] = length;
    this.#counts[length]!++;
  }

  /**
   * False if the lengths make no code: there are more than there is room for, or fewer, except where `mayBeSingle` allows
   * one code of one bit, or none (RFC 1951 §3.2.7).
   */
  finish(mayBeSingle: boolean): boolean {
    const counts = this.#counts;
    // Of all bit strings of each length, how many no code begins.
    let room = 1;
    let place = 0;
    let longest = 0;
    for (let length = 1; length <= codeBitsMax; length++) {
      const count = counts[length]!;
      room = room * 2 - count;
      if (room < 0) return false;
      this.#places[length] = place;
      place += count;
      if (count > 0) longest = length;
    }
    if (room > 0 && !(mayBeSingle && longest <= 1)) return false;
    for (let i = 0; i < place; i++) {
      const length = this.#lengths[i]!;
      this.#sorted[this.#places[length]!++] = this.#meanings[this.#symbols[i]!]! | length;
    }
    this.#fillTable(Math.min(longest, this.#tableBitsMax), room > 0 || longest > this.#tableBitsMax);
    return true;
  }

  /** The entry for a code that the table has no room for; 0 if `next` begins with no code. */
  find(next: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= codeBitsMax; length++) {
      code |= (next >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - first < count) return this.#sorted[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }

  #fillTable(tableBits: number, hasGaps: boolean): void {
    const { table } = this;
    const size = 1 << tableBits;
    this.tableMask = size - 1;
    if (hasGaps) table.fill(0, 0, size);
    let index = 0;
    // A code comes with its first bit first and so is an index with its bits reversed: it counts from the top.
    let code = 0;
    for (let length = 1; length <= tableBits; length++) {
      for (const end = index + this.#counts[length]!; index < end; index++) {
        const entry = this.#sorted[index]!;
        for (let at = code; at < size; at += 1 << length) table[at] = entry;
        let bit = 1 << (length - 1);
        while ((code & bit) !== 0) bit >>>= 1;
        code = bit === 0 ? 0 : (code & (bit - 1)) | bit;
      }
    }
  }
}
