import type { SimulationResult } from "../src/testing/index.ts";

/** What many runs came to. */
export interface SimulationTotals {
  runs: number;
  started: number;
  expired: number;
  dropped: number;
  unknown: number;
  resumes: number;
  gaps: number;
  frames: number;
  readonly faults: Record<string, number>;
  /** The runs that found something. */
  readonly failures: SimulationFailure[];
}

export interface SimulationFailure {
  readonly seed: number;
  readonly problems: readonly string[];
}

export function emptyTotals(): SimulationTotals {
  const counts = { runs: 0, started: 0, expired: 0, dropped: 0, unknown: 0, resumes: 0, gaps: 0, frames: 0 };
  return { ...counts, faults: {}, failures: [] };
}

/** Adds one to the other. */
export function addTotals(totals: SimulationTotals, more: SimulationTotals): void {
  totals.runs += more.runs;
  totals.started += more.started;
  totals.expired += more.expired;
  totals.dropped += more.dropped;
  totals.unknown += more.unknown;
  totals.resumes += more.resumes;
  totals.gaps += more.gaps;
  totals.frames += more.frames;
  for (const [kind, count] of Object.entries(more.faults))
    totals.faults[kind] = (totals.faults[kind] ?? 0) + count;
  totals.failures.push(...more.failures);
}

export function totalsOf(result: SimulationResult): SimulationTotals {
  const { seed, problems, faults, ...counts } = result;
  return {
    runs: 1,
    ...counts,
    faults: { ...faults },
    failures: problems.length > 0 ? [{ seed, problems }] : [],
  };
}

/** The table at the end of many runs. */
export function describeTotals(totals: SimulationTotals): string {
  const { runs, started, expired, dropped, unknown, resumes, gaps, frames, faults, failures } = totals;
  const rows: [string, number][] = [
    ["runs", runs],
    ["messages started", started],
    ["frames", frames],
    ["resumes", resumes],
    ["gaps", gaps],
    ["unknown, all in reported ranges", unknown],
    ["expired, reported", expired],
    ["left out by latest and lossy streams", dropped],
    ...Object.entries(faults)
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(faultRow),
  ];
  const lines = rows.map(([name, count]) => `  ${name.padEnd(40)}${count.toLocaleString("en").padStart(14)}`);
  const verdict =
    failures.length === 0
      ? "  lost = duplicated = reordered = 0"
      : `  ${failures.length} runs found problems`;
  return [...lines, verdict].join("\n");
}

function faultRow([kind, count]: [string, number]): [string, number] {
  return [`fault ${kind}`, count];
}
