/** Buckets to each doubling of the value: the width of one is less than 0.4 % of its values. */
const bucketBits = 8;
/** 1/16 µs: what is shorter counts as this. */
const exponentMin = -4;
/** 2^36 µs, 19 hours: what is longer counts as this, but for `max`. */
const exponentMax = 36;
const bucketCount = (exponentMax - exponentMin) << bucketBits;

const exponentBias = 1023;
const mantissaBitsAbove = 20;
/** The upper half of a double has its exponent and the first 20 bits of its mantissa. */
const double = new DataView(new ArrayBuffer(8));
const firstIndex = (exponentBias + exponentMin) << bucketBits;

/** Counts times, however many, in 80 KB. Percentiles are right to 0.4 %. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;
  #max = 0;

  /** How many were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The longest, exactly; NaN of nothing. */
  get maxMicros(): number {
    return this.#count === 0 ? Number.NaN : this.#max;
  }

  /** Counts `times` events that took so long. */
  record(micros: number, times = 1): void {
    this.#counts[indexOf(micros)]! += times;
    this.#count += times;
    if (micros > this.#max) this.#max = micros;
  }

  /** The value that `percent` % of the values do not exceed (nearest rank); NaN of nothing. */
  percentileMicros(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let below = 0;
    for (let index = 0; index < bucketCount; index++) {
      below += this.#counts[index]!;
      if (below >= rank) return Math.min(middleOf(index), this.#max);
    }
    return this.#max;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }
}

function indexOf(micros: number): number {
  double.setFloat64(0, micros);
  const index = (double.getInt32(0) >> (mantissaBitsAbove - bucketBits)) - firstIndex;
  return Math.min(Math.max(index, 0), bucketCount - 1);
}

function middleOf(index: number): number {
  const exponent = (index >> bucketBits) + exponentMin;
  const part = (index & ((1 << bucketBits) - 1)) + 0.5;
  return 2 ** exponent * (1 + part / (1 << bucketBits));
}
