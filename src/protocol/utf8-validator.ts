/** Says whether bytes are valid UTF-8, from the start of a character to the end of one. */
export type Utf8Check = (bytes: Uint8Array) => boolean;

/** From so many bytes on, a check by the platform is quicker, though it needs a view of them. */
const platformCheckBytes = 128;

/**
 * UTF-8 as it arrives (RFC 3629, RFC 6455 §8.1): a byte that no valid text can contain at its place is found at once,
 * wherever the pieces are cut. Surrogates, overlong forms and code points above U+10FFFF are invalid.
 */
export class Utf8Validator {
  readonly #isUtf8: Utf8Check | undefined;
  /** Continuation bytes still to come of the character under way. */
  #missing = 0;
  /** What the next continuation byte may be: after E0, ED, F0 and F4 the range is narrower. */
  #low = 0x80;
  #high = 0xbf;

  /** `isUtf8` is the platform's own check, if it has one. */
  constructor(isUtf8?: Utf8Check) {
    this.#isUtf8 = isUtf8;
  }

  /** Whether the pieces so far end between characters. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Takes the next piece and returns whether it can be, or begin, valid text. After `false` it is of no more use. */
  accepts(bytes: Uint8Array, start: number, end: number): boolean {
    const isUtf8 = this.#isUtf8;
    if (isUtf8 === undefined || end - start < platformCheckBytes) return this.#acceptsEach(bytes, start, end);
    // All but the character that an earlier piece began and the one that the next may complete.
    const from = start + this.#missing;
    const to = lastCharacterStart(bytes, end);
    return (
      this.#acceptsEach(bytes, start, from) &&
      isUtf8(bytes.subarray(from, to)) &&
      this.#acceptsEach(bytes, to, end)
    );
  }

  #acceptsEach(bytes: Uint8Array, start: number, end: number): boolean {
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

/** Where the last character before `end` begins, which may go on after it. Of invalid text, any place near it. */
function lastCharacterStart(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  while (at > end - 4 && bytes[at]! >> 6 === 0b10) at--;
  return at;
}
