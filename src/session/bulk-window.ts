/** How much delay bulk may add where a link is slow. */
const targetDelayMs = 10;
const windowBytesMax = 8 * 1024 * 1024;
const samplesMax = 256;

interface Sample {
  readonly bytes: number;
  readonly sentAt: number;
}

/**
 * How many bulk bytes may be under way on a link: as many as the path carries and about 10 ms more, after RFC 6817
 * (LEDBAT) with the round trip in place of the one-way delay. What browser, kernel and proxies buffer would delay
 * everything that is sent after it.
 */
export class BulkWindow {
  readonly #frameBytes: number;
  #windowBytes: number;
  #isStarting = true;
  #baseDelayMs = Number.POSITIVE_INFINITY;
  /** Since the link began. */
  #sentBytes = 0;
  #ackedBytes = 0;
  readonly #samples: Sample[] = [];

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes;
    this.#windowBytes = 2 * frameBytes;
  }

  /** Whether another frame may go; one always may. */
  get isOpen(): boolean {
    const underWay = this.#sentBytes - this.#ackedBytes;
    return underWay === 0 || underWay + this.#frameBytes <= this.#windowBytes;
  }

  sent(bytes: number, now: number): void {
    this.#sentBytes += bytes;
    if (this.#samples.length < samplesMax) this.#samples.push({ bytes: this.#sentBytes, sentAt: now });
  }

  acknowledged(bytes: number, now: number): void {
    this.#ackedBytes = Math.min(this.#ackedBytes + bytes, this.#sentBytes);
    let sample: Sample | undefined;
    while (this.#samples.length > 0 && this.#samples[0]!.bytes <= this.#ackedBytes)
      sample = this.#samples.shift();
    if (sample !== undefined) this.#adapt(bytes, now - sample.sentAt);
  }

  #adapt(bytes: number, delayMs: number): void {
    this.#baseDelayMs = Math.min(this.#baseDelayMs, delayMs);
    const queuedMs = delayMs - this.#baseDelayMs;
    if (queuedMs > targetDelayMs / 2) this.#isStarting = false;
    const offTarget = Math.max(-1, (targetDelayMs - queuedMs) / targetDelayMs);
    const gain = this.#isStarting ? bytes : (offTarget * bytes * this.#frameBytes) / this.#windowBytes;
    this.#windowBytes = Math.min(Math.max(this.#windowBytes + gain, this.#frameBytes), windowBytesMax);
  }
}
