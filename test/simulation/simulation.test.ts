import { expect, test } from "vitest";
import { runSimulations } from "../../tools/simulation-pool.ts";
import { simulate } from "../../src/testing/index.ts";

test("1,500 seeds over all kinds of fault lose, duplicate and reorder nothing", async () => {
  const totals = await runSimulations({ from: 1, runs: 1500 });
  expect(totals.failures).toEqual([]);
  expect(totals.runs).toBe(1500);
  expect(Object.keys(totals.faults)).toHaveLength(22);
  expect(totals.resumes).toBeGreaterThan(500);
  expect(totals.gaps).toBeGreaterThan(50);
});

test("a seed gives the same run again, frame by frame", async () => {
  const [one, other]: [string[], string[]] = [[], []];
  await simulate(4, { trace: (line) => one.push(line) });
  await simulate(4, { trace: (line) => other.push(line) });
  expect(one.length).toBeGreaterThan(100);
  expect(other).toEqual(one);
});
