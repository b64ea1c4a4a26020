import { median, ratiosOf, type Spread } from "../statistics.ts";
import { costOf, type Sample } from "../workload.ts";

/** What a peer did in a workload. */
export interface PeerResult {
  readonly peer: string;
  /** By round; undefined where the turn did not count. */
  readonly samples: readonly (Sample | undefined)[];
  /** The medians over the rounds. */
  readonly median: Sample;
  /** Its cost ÷ ours: above 1, ours is cheaper. */
  readonly ratio?: Spread;
}

export interface WorkloadResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly peers: readonly PeerResult[];
}

/** What is written to .reports/bench.json. */
export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly rounds: number;
  readonly measureMs: number;
  readonly peers: readonly { readonly name: string; readonly about: string }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly results: readonly WorkloadResult[];
}

type SamplesByPeer = ReadonlyMap<string, readonly (Sample | undefined)[]>;

/** The medians and ratios of a workload's turns. Peers without a turn that counted have no row. */
export function summarize(
  workload: Pick<WorkloadResult, "name" | "title" | "unit">,
  samples: SamplesByPeer,
  ours: string,
): WorkloadResult {
  const { name, title, unit } = workload;
  const own = (samples.get(ours) ?? []).map(costOf);
  const peers = [...samples].flatMap(([peer, all]) => {
    const counted = all.filter((sample) => sample !== undefined);
    if (counted.length === 0) return [];
    const ratio = peer === ours ? undefined : ratiosOf(all.map(costOf), own);
    return [{ peer, samples: all, median: medianSample(counted), ratio }];
  });
  return { name, title, unit, peers };
}

function mediansOf<Field extends string>(
  fields: readonly Field[],
  figures: readonly { readonly [field in Field]?: number }[],
): Record<Field, number> {
  const medians = fields.flatMap((field) => {
    const values = figures.map((figure) => figure[field]).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [[field, median(values)] as const];
  });
  return Object.fromEntries(medians) as Record<Field, number>;
}

function medianSample(samples: readonly Sample[]): Sample {
  const fields = ["cpuMicros", "perSecond", "p50Micros", "p99Micros", "bytesPerConnection"] as const;
  const medians = mediansOf(fields, samples);
  const extras = samples.map((sample) => sample.extras).filter((each) => each !== undefined);
  if (extras.length === 0) return medians;
  return { ...medians, extras: mediansOf(Object.keys(extras[0]!), extras) };
}
