/** What can be written at once: with seven bits that are held, 31. */
export const writtenBitsMax = 24;

/** Writes DEFLATE's bits, each value's lowest bit first (RFC 1951 §3.1.1), four bytes at a time into a buffer. */
export class BitWriter {
  readonly #words: DataView;
  #at = 0;
  /** Bits that make no whole byte yet, and how many they are. */
  #held = 0;
  #count = 0;

  /** `output` must have room for three bytes more than are written. */
  constructor(output: Uint8Array) {
    this.#words = new DataView(output.buffer, output.byteOffset, output.length);
  }

  /** How many bytes there are; the bits after the last one are zeros. */
  get bytes(): number {
    return this.#count === 0 ? this.#at : this.#at + 1;
  }

  restart(): void {
    this.#at = 0;
    this.#held = 0;
    this.#count = 0;
  }

  /** Writes at most `writtenBitsMax` bits; `value` has no more than those. */
  write(value: number, bits: number): void {
    const held = this.#held | (value << this.#count);
    const count = this.#count + bits;
    this.#words.setInt32(this.#at, held, true);
    this.#at += count >>> 3;
    this.#held = held >>> (count & 24);
    this.#count = count & 7;
  }
}
