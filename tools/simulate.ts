import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { scenarioOf, simulate } from "../src/testing/index.ts";
import { runSimulations } from "./simulation-pool.ts";
import { describeTotals, emptyTotals, type SimulationTotals, totalsOf } from "./simulation-totals.ts";

interface Options {
  readonly runs: number;
  readonly from: number;
  readonly workers: number;
  readonly seed?: number;
  readonly trace?: true;
}

const shownFailuresMax = 20;
const progressEveryMs = 5000;

/**
 * `npm run simulate`: sessions on a simulated network with faults, each run decided by its seed, every message checked.
 * `-- --seed N --trace` replays one and prints each frame.
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("npm run simulate --")
    .option("--runs <number>", "how many seeds", readNumber, 100_000)
    .option("--from <seed>", "the first of them", readNumber, 1)
    .option("--workers <number>", "threads", readNumber, availableParallelism())
    .option("--seed <seed>", "run this one alone", readNumber)
    .option("--trace", "with --seed: print every frame with the virtual time")
    .parse(args, { from: "user" });
  const options = program.opts<Options>();
  return options.seed === undefined
    ? await runMany(options)
    : await runOne(options.seed, options.trace === true);
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}

async function runOne(seed: number, isTraced: boolean): Promise<number> {
  console.log(JSON.stringify(scenarioOf(seed)));
  const result = await simulate(seed, isTraced ? { trace: (line) => console.log(line) } : {});
  return conclude(totalsOf(result));
}

async function runMany({ runs, from, workers }: Options): Promise<number> {
  const started = performance.now();
  let shownAt = started;
  let shownFailures = 0;
  const totals = await runSimulations({
    from,
    runs,
    workers,
    onProgress: (sofar) => {
      const now = performance.now();
      for (const { seed } of sofar.failures.slice(shownFailures)) console.log(`seed ${seed} found problems`);
      shownFailures = sofar.failures.length;
      if (now - shownAt > progressEveryMs) {
        shownAt = now;
        console.log(describeProgress(sofar, runs, now - started));
      }
      return sofar.failures.length < shownFailuresMax;
    },
  });
  console.log(`Seeds ${from} to ${from + totals.runs - 1}, ${seconds(performance.now() - started)} s:`);
  return conclude(totals);
}

function describeProgress({ runs, started, failures }: SimulationTotals, all: number, ms: number): string {
  return `${runs} of ${all} runs, ${started} messages, ${failures.length} failures, ${seconds(ms)} s`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function conclude(totals: SimulationTotals = emptyTotals()): number {
  console.log(describeTotals(totals));
  for (const { seed, problems } of totals.failures.slice(0, shownFailuresMax)) {
    console.log(`seed ${seed}  (npm run simulate -- --seed ${seed} --trace)`);
    for (const problem of problems.slice(0, 5)) console.log(`  ${problem}`);
  }
  return totals.failures.length === 0 ? 0 : 1;
}
