/**
 * UTF-8 as it arrives (RFC 3629, RFC 6455 §8.1): a byte that no valid text can contain at its place is found at once,
 * wherever the pieces are cut. Surrogates, overlong forms and code points above U+10FFFF are invalid.
 */
export class Utf8Validator {
  /** Continuation bytes still to come of the character under way. */
  #missing = 0;
  /** What the next continuation byte may be: after E0, ED, F0 and F4 the range is narrower. */
  #low = 0x80;
  #high = 0xbf;

  /** Whether the pieces so far end between characters. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Takes the next piece and returns whether it can be, or begin, valid text. After `false` it is of no more use. */
  accepts(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      const byte = bytes[at++]!;
      if (this.#missing > 0) {
        if (byte < this.#low || byte > this.#high) return false;
        this.#missing--;
        this.#low = 0x80;
        this.#high = 0xbf;
      } else if (byte >= 0x80 && !this.#begins(byte)) {
        return false;
      }
    }
    return true;
  }

  #begins(lead: number): boolean {
    if (lead < 0xc2 || lead > 0xf4) return false;
    if (lead < 0xe0) {
      this.#missing = 1;
    } else if (lead < 0xf0) {
      this.#missing = 2;
      if (lead === 0xe0) this.#low = 0xa0;
      if (lead === 0xed) this.#high = 0x9f;
    } else {
      this.#missing = 3;
      if (lead === 0xf0) this.#low = 0x90;
      if (lead === 0xf4) this.#high = 0x8f;
    }
    return true;
  }
}
