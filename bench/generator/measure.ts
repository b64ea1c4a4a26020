import { readCpuMicros } from "../../src/cli/load/process-usage.ts";
import { percentile } from "../statistics.ts";
import type { Effort, Sample } from "../workload.ts";

const POLL_MS = 10;

/** Counts what a run does, and measures between the end of the warm-up and the end of the turn. */
export class Meter {
  /** Messages so far; parts of those that have come in part. */
  count = 0;
  /** Runs stop to ask for more when this is set. */
  isOver = false;
  readonly #pid: number;
  readonly #effort: Effort;
  #latencies: number[] = [];

  constructor(pid: number, effort: Effort) {
    this.#pid = pid;
    this.#effort = effort;
  }

  addLatency(milliseconds: number): void {
    this.#latencies.push(milliseconds * 1000);
  }

  async measure(): Promise<Sample> {
    await wait(this.#effort.warmupMs);
    this.#latencies = [];
    while (this.count === 0) await wait(POLL_MS);
    const cpuBefore = readCpuMicros(this.#pid);
    const countBefore = this.count;
    const startedAt = performance.now();
    await wait(this.#effort.measureMs);
    while (this.count === countBefore) await wait(POLL_MS);
    const cpu = readCpuMicros(this.#pid) - cpuBefore;
    const count = this.count - countBefore;
    const seconds = (performance.now() - startedAt) / 1000;
    this.isOver = true;
    const sample = { cpuMicros: cpu / count, perSecond: count / seconds };
    if (this.#latencies.length === 0) return sample;
    const [p50Micros, p99Micros] = [50, 99].map((percent) => percentile(this.#latencies, percent));
    return { ...sample, p50Micros, p99Micros };
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
