import type { LatencyHistogram } from "../../src/cli/load/latency-histogram.ts";
import { measure } from "../../src/cli/load/measure.ts";
import { readCpuMicros } from "../../src/cli/load/process-usage.ts";
import type { Effort, MeasuredServer, Sample } from "../workload.ts";

/** What a run counts. */
export interface Counting {
  readonly count: () => number;
  readonly latencies?: LatencyHistogram;
}

/** Measures a run that is under way. */
export async function takeSample(
  server: MeasuredServer,
  { warmupMs, measureMs }: Effort,
  { count, latencies }: Counting,
): Promise<Sample> {
  const measured = await measure({
    warmUpMs: warmupMs,
    measureMs,
    count,
    cpuMicros: () => readCpuMicros(server.pid),
    onWarm: () => latencies?.clear(),
  });
  if (measured.count === 0) throw new Error("Nothing came back");
  const sample = {
    cpuMicros: measured.cpuMicros / measured.count,
    perSecond: measured.count / measured.seconds,
  };
  if (latencies === undefined) return sample;
  const [p50Micros, p99Micros] = [50, 99].map((percent) => latencies.percentileMicros(percent));
  return { ...sample, p50Micros, p99Micros };
}
