/** Pauses between attempts: a random part of a bound that doubles each time ("full jitter"), so that many do not come at once. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(minMs: number, maxMs: number, random: () => number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  next(): number {
    // 2 to the power of 30 times a millisecond is past every bound.
    const boundMs = Math.min(this.#maxMs, this.#minMs * 2 ** Math.min(this.#attempts++, 30));
    return Math.round(this.#random() * boundMs);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
