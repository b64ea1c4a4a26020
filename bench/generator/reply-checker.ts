/**
 * Holds what a connection receives against the bytes that it is to receive over and over. Every byte is counted; the
 * contents are compared in each `sampleEvery`-th repetition, as comparing all would cost more than what is measured.
 */
export class ReplyChecker {
  readonly #expected: Buffer;
  readonly #sampleEvery: number;
  #position = 0;
  #repetition = 0;

  constructor(expected: Buffer, sampleEvery = 16) {
    this.#expected = expected;
    this.#sampleEvery = sampleEvery;
  }

  /**
   * True when the chunk ends a repetition. Throws when bytes differ, or when there are more than were asked for: the
   * next repetition is asked for only when this one is complete.
   */
  take(chunk: Buffer): boolean {
    const end = this.#position + chunk.length;
    if (end > this.#expected.length) {
      throw new Error(`${end} bytes came where ${this.#expected.length} were asked for`);
    }
    if (this.#repetition % this.#sampleEvery === 0 && this.#differs(chunk)) {
      throw new Error(`The reply differs from what was asked for, at byte ${this.#position} or after`);
    }
    this.#position = end;
    if (end < this.#expected.length) return false;
    this.#position = 0;
    this.#repetition++;
    return true;
  }

  #differs(chunk: Buffer): boolean {
    const end = this.#position + chunk.length;
    return this.#expected.compare(chunk, 0, chunk.length, this.#position, end) !== 0;
  }
}
