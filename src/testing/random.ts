/** A source of random values that a seed decides: the same seed gives the same values on every machine. */
export interface Random {
  /** At least 0 and less than 1, with 53 random bits. */
  next(): number;
  /** A whole number of at least 0 and less than `below`; a `RangeError` unless that is a safe integer of at least 1. */
  integer(below: number): number;
  /** True with this probability: never at 0, always at 1. */
  chance(probability: number): boolean;
  /** One of the list; a `RangeError` if it is empty. */
  pick<T>(list: readonly T[]): T;
  /** So many random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
  /**
   * A source of its own, decided by this one's seed and the label alone: how much was drawn from either changes
   * nothing in the other. The same label gives the same source again.
   */
  fork(label: string | number): Random;
}

/** Not for secrets. */
export function createRandom(seed: string | number): Random {
  return new Sfc32(hash(`${seed}`, [0x9e3779b9, 0x85ebca6b]));
}

/** Two words of 32 bits. */
type Identity = readonly [number, number];

/** After so many rounds each bit of the seed has reached each bit of the state (as PractRand warms it up). */
const WARM_UP_ROUNDS = 15;

/** Chris Doty-Humphrey's "small fast chaotic" generator of 32 bits, from PractRand. */
class Sfc32 implements Random {
  readonly #identity: Identity;
  #a = 0;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(identity: Identity) {
    this.#identity = identity;
    [this.#b, this.#c] = identity;
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.#word();
  }

  next(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  integer(below: number): number {
    if (!Number.isSafeInteger(below) || below < 1)
      throw new RangeError(`A random integer needs a safe integer of at least 1 as its bound, not ${below}`);
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("There is nothing to pick from an empty list");
    return list[this.integer(list.length)]!;
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const words = new Uint8Array(Math.ceil(count / 4) * 4);
    const view = new DataView(words.buffer);
    for (let at = 0; at < words.length; at += 4) view.setUint32(at, this.#word(), true);
    return words.subarray(0, count);
  }

  fork(label: string | number): Random {
    return new Sfc32(hash(`${label}`, this.#identity));
  }

  #word(): number {
    const word = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + word) | 0;
    return word >>> 0;
  }
}

/** Two FNV-1a hashes side by side, each begun and multiplied differently, so that labels collide once in 2^64. */
function hash(text: string, start: Identity): Identity {
  let one = start[0] ^ 0x811c9dc5;
  let two = start[1] ^ 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x5bd1e995);
    two ^= two >>> 15;
  }
  return [one ^ (two >>> 16), two];
}
