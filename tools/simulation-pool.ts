import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { addTotals, emptyTotals, type SimulationTotals } from "./simulation-totals.ts";

export interface PoolOptions {
  readonly from: number;
  readonly runs: number;
  /** As many as there are cores, if absent. */
  readonly workers?: number;
  /** The URL of the simulation's module: that of this repository, if absent. */
  readonly module?: string;
  /** Hears how far it is, and returns whether it goes on. */
  readonly onProgress?: (totals: SimulationTotals) => boolean;
  /** How many seeds a thread is given at a time; 25 if absent. */
  readonly batchRuns?: number;
  /** A worker that is busy with some seeds for longer than this hangs. */
  readonly hangMs?: number;
}

const defaultBatchRuns = 25;
const ownModule = new URL("../src/testing/index.ts", import.meta.url).href;

/** Runs seeds on several threads. A thread that hangs or dies counts as a failure of the first seed of its batch. */
export async function runSimulations(options: PoolOptions): Promise<SimulationTotals> {
  const pool = new Pool(options);
  const workers = Math.min(options.workers ?? availableParallelism(), options.runs);
  await Promise.all(Array.from({ length: workers }, () => pool.work()));
  pool.totals.failures.sort((one, other) => one.seed - other.seed);
  return pool.totals;
}

class Pool {
  readonly totals = emptyTotals();
  readonly #options: PoolOptions;
  readonly #endSeed: number;
  #nextSeed: number;
  #goesOn = true;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#nextSeed = options.from;
    this.#endSeed = options.from + options.runs;
  }

  /** One thread, until nothing is left to do. */
  async work(): Promise<void> {
    const { module = ownModule, batchRuns = defaultBatchRuns } = this.#options;
    const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url), { workerData: { module } });
    try {
      while (this.#goesOn && this.#nextSeed < this.#endSeed) {
        const from = this.#nextSeed;
        const runs = Math.min(batchRuns, this.#endSeed - from);
        this.#nextSeed += runs;
        addTotals(this.totals, await this.#runBatch(worker, from, runs));
        this.#goesOn = (this.#options.onProgress?.(this.totals) ?? true) && this.#goesOn;
      }
    } finally {
      await worker.terminate();
    }
  }

  #runBatch(worker: Worker, from: number, runs: number): Promise<SimulationTotals> {
    const { hangMs = 120_000 } = this.#options;
    return new Promise((resolve) => {
      const fail = (problem: string): void => {
        this.#goesOn = false;
        resolve({ ...emptyTotals(), failures: [{ seed: from, problems: [problem] }] });
      };
      const timer = setTimeout(() => fail(`seeds ${from} to ${from + runs - 1} hang`), hangMs);
      worker.removeAllListeners();
      worker.once("message", (totals: SimulationTotals) => {
        clearTimeout(timer);
        resolve(totals);
      });
      worker.once("error", (error) => {
        clearTimeout(timer);
        fail(`the thread died: ${error instanceof Error ? error.stack : String(error)}`);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ from, runs });
    });
  }
}
