/** The middle value; the mean of the two middle ones of an even count. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How a value changes from round to round. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median of the values with their range. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Peer ÷ ours, round by round: what disturbs the machine for a while disturbs both sides of a pair. A round that
 * misses either side is left out; undefined if none is left.
 */
export function ratiosOf(
  peer: readonly (number | undefined)[],
  ours: readonly (number | undefined)[],
): Spread | undefined {
  const ratios = peer.flatMap((value, round) => {
    const own = ours[round];
    return value === undefined || own === undefined || own <= 0 ? [] : [value / own];
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}
