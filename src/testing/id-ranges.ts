/** The ids from `from` to `to`, both included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/** Ranges of ids as they are reported, in any order, overlapping or not. */
export class IdRanges {
  readonly #ranges: { from: number; to: number }[] = [];

  /** Adds a range; one that is empty, or whose ends are not numbers, adds nothing. */
  add({ from, to }: IdRange): void {
    if (!(from <= to)) return;
    const last = this.#ranges.at(-1);
    if (last === undefined || from < last.from || from > last.to + 1) this.#ranges.push({ from, to });
    else if (to > last.to) last.to = to;
  }

  /** A function that tells whether an id lies in one of the ranges, for ids that are asked in ascending order. */
  lookUpAscending(): (id: number) => boolean {
    const sorted = this.#ranges.toSorted((one, other) => one.from - other.from);
    let next = 0;
    let reach = -Infinity;
    return (id) => {
      for (; next < sorted.length && sorted[next]!.from <= id; next++) {
        reach = Math.max(reach, sorted[next]!.to);
      }
      return id <= reach;
    };
  }
}
