/** A thread that runs seeds as it is told, with the simulation of the module that it was given. */
import { parentPort, workerData } from "node:worker_threads";
import type * as Testing from "../src/testing/index.ts";
import { addTotals, emptyTotals, totalsOf } from "./simulation-totals.ts";

const { simulate } = (await import((workerData as { module: string }).module)) as typeof Testing;

parentPort!.on("message", ({ from, runs }: { from: number; runs: number }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void runSeeds(from, runs).then((totals) => parentPort!.postMessage(totals));
});

async function runSeeds(from: number, runs: number) {
  const totals = emptyTotals();
  for (let seed = from; seed < from + runs; seed++) addTotals(totals, totalsOf(await simulate(seed)));
  return totals;
}
