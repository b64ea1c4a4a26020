/** A measured value at a time, in seconds. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** The median of the values. */
  readonly median: number;
  /** How much the value grows in an hour: the median of the slopes between all pairs of samples (Theil–Sen). */
  readonly perHour: number;
  /** What that makes over the time from the first sample to the last. */
  readonly growth: number;
  /** The largest value ÷ the median. */
  readonly maxRatio: number;
}

/**
 * The trend of what goes up and down by itself, as a heap under load does. Its slope is one that a few high samples,
 * first or last, cannot tilt. Needs two samples.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  if (samples.length < 2) throw new RangeError(`A trend needs two samples, ${samples.length} were given`);
  const slopes = samples.flatMap((one, i) =>
    samples.slice(i + 1).map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  const values = samples.map(({ value }) => value);
  const perSecond = medianOf(slopes);
  const median = medianOf(values);
  return {
    median,
    perHour: perSecond * 3600,
    growth: perSecond * (samples.at(-1)!.at - samples[0]!.at),
    maxRatio: Math.max(...values) / median,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
