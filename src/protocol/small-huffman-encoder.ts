import { codeBitsMax } from "./small-deflate-symbols.ts";

/** The lowest bits of an entry are its code's length, those above are the code, first bit lowest. */
export const lengthBits = 4;
export const lengthMask = (1 << lengthBits) - 1;

export interface HuffmanEncoderLimits {
  /** The most bits of a code. */
  readonly bitsMax: number;
  /** The most that one symbol occurs. */
  readonly frequencyMax: number;
}

/** Makes a prefix code of RFC 1951 §3.2.2: a short one for what occurs how often, or one of given lengths. */
export class HuffmanEncoder {
  /** By symbol: its code and how long that is; 0 where it has none. */
  readonly entries: Int32Array;
  /** Symbols from here on have no code. */
  size = 0;
  /** By symbol: how often it occurs. */
  readonly #frequencies: Uint16Array;
  readonly #bitsMax: number;
  /** By frequency: a symbol that occurs so often, plus 1; and by symbol, the next one that occurs as often. */
  readonly #firsts: Uint16Array;
  readonly #nexts: Uint16Array;
  /** The symbols that occur, the rarest first. */
  readonly #sorted: Uint16Array;
  #used = 0;
  /** Of the nodes of Huffman's tree, leaves first: how often what is below them occurs, later their depths. */
  readonly #weights: Int32Array;
  readonly #parents: Uint16Array;
  /** By length: how many codes are so long, later the next of them. */
  readonly #counts = new Uint16Array(codeBitsMax + 1);

  /** `frequencies` holds how often each symbol occurs, and may change between one `build` and the next. */
  constructor(frequencies: Uint16Array, { bitsMax, frequencyMax }: HuffmanEncoderLimits) {
    const symbols = frequencies.length;
    this.#frequencies = frequencies;
    this.entries = new Int32Array(symbols);
    this.#bitsMax = bitsMax;
    this.#firsts = new Uint16Array(frequencyMax + 1);
    this.#nexts = new Uint16Array(symbols);
    this.#sorted = new Uint16Array(symbols);
    this.#weights = new Int32Array(2 * symbols);
    this.#parents = new Uint16Array(2 * symbols);
  }

  /** Takes the code of these lengths. */
  assign(lengths: Uint8Array): void {
    this.entries.set(lengths);
    this.size = lengths.length;
    this.#counts.fill(0);
    for (const length of lengths) this.#counts[length]!++;
    this.#numberCodes();
  }

  /** Makes the code for the frequencies. It has at least two symbols, as some inflaters want it. */
  build(): void {
    this.entries.fill(0);
    this.#sort();
    const weights = this.#weights;
    for (let leaf = 0; leaf < this.#used; leaf++) weights[leaf] = this.#frequencies[this.#sorted[leaf]!]!;
    // Flatter frequencies make a shallower tree, and cost little where it was too deep.
    for (let halvings = 1; !this.#growTree(); halvings++) {
      for (let leaf = 0; leaf < this.#used; leaf++) {
        weights[leaf] = (this.#frequencies[this.#sorted[leaf]!]! >>> halvings) + 1;
      }
    }
    this.#counts.fill(0);
    for (let leaf = 0; leaf < this.#used; leaf++) {
      this.entries[this.#sorted[leaf]!] = weights[leaf]!;
      this.#counts[weights[leaf]!]!++;
    }
    this.#numberCodes();
  }

  /** The bits of everything that occurs. */
  get bits(): number {
    return this.bitsBy(this.entries);
  }

  /** The same with codes of other lengths: the lowest bits of these. */
  bitsBy(lengths: Int32Array | Uint8Array): number {
    let bits = 0;
    for (let leaf = 0; leaf < this.#used; leaf++) {
      const symbol = this.#sorted[leaf]!;
      bits += this.#frequencies[symbol]! * (lengths[symbol]! & lengthMask);
    }
    return bits;
  }

  #sort(): void {
    const frequencies = this.#frequencies;
    const firsts = this.#firsts;
    const nexts = this.#nexts;
    const sorted = this.#sorted;
    let highest = 0;
    let left = 0;
    this.size = 0;
    for (let symbol = 0; symbol < frequencies.length; symbol++) {
      const frequency = frequencies[symbol]!;
      if (frequency === 0) continue;
      nexts[symbol] = firsts[frequency]!;
      firsts[frequency] = symbol + 1;
      if (frequency > highest) highest = frequency;
      left++;
      this.size = symbol + 1;
    }
    let used = 0;
    for (let symbol = 0; used + left < 2; symbol++) {
      if (frequencies[symbol] !== 0) continue;
      sorted[used++] = symbol;
      this.size = Math.max(this.size, symbol + 1);
    }
    for (let frequency = 1; frequency <= highest; frequency++) {
      for (let next = firsts[frequency]!; next > 0; next = nexts[next - 1]!) sorted[used++] = next - 1;
      firsts[frequency] = 0;
    }
    this.#used = used;
  }

  /**
   * Huffman's tree over the weights of the leaves, which become depths. Leaves are sorted, and inner nodes come into being
   * by weight, so the two lightest are the first of either that have no parent yet. False if it is too deep.
   */
  #growTree(): boolean {
    const weights = this.#weights;
    const parents = this.#parents;
    const leaves = this.#used;
    const root = 2 * leaves - 2;
    let leaf = 0;
    let inner = leaves;
    for (let node = leaves; node <= root; node++) {
      const first = leaf < leaves && (inner === node || weights[leaf]! <= weights[inner]!) ? leaf++ : inner++;
      const second =
        leaf < leaves && (inner === node || weights[leaf]! <= weights[inner]!) ? leaf++ : inner++;
      weights[node] = weights[first]! + weights[second]!;
      parents[first] = node;
      parents[second] = node;
    }
    weights[root] = 0;
    for (let node = root - 1; node >= 0; node--) weights[node] = weights[parents[node]!]! + 1;
    // The lightest leaf lies deepest.
    return weights[0]! <= this.#bitsMax;
  }

  /** Numbers the codes of each length in the order of their symbols. The entries are lengths until then. */
  #numberCodes(): void {
    const { entries, size } = this;
    const next = this.#counts;
    let code = 0;
    next[0] = 0;
    for (let length = 1; length <= codeBitsMax; length++) {
      const count = next[length]!;
      next[length] = code;
      code = (code + count) << 1;
    }
    for (let symbol = 0; symbol < size; symbol++) {
      const length = entries[symbol]!;
      if (length > 0) entries[symbol] = ((reverse(next[length]!++) >>> (16 - length)) << lengthBits) | length;
    }
  }
}

/** 16 bits, last first. */
function reverse(bits: number): number {
  const pairs = ((bits & 0x5555) << 1) | ((bits >>> 1) & 0x5555);
  const nibbles = ((pairs & 0x3333) << 2) | ((pairs >>> 2) & 0x3333);
  const bytes = ((nibbles & 0x0f0f) << 4) | ((nibbles >>> 4) & 0x0f0f);
  return ((bytes & 0xff) << 8) | (bytes >>> 8);
}
