import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSimulations } from "../../tools/simulation-pool.ts";
import { plants } from "./plants.ts";
import { PlantedSources } from "./planted-sources.ts";

/** Each fault is found within so many seeds. */
const runs = 300;
const sources = new PlantedSources();

beforeAll(() => sources.prepare());
afterAll(() => sources[Symbol.asyncDispose]());

test("the sources as they are pass the seeds", async () => {
  const module = await sources.plant([]);
  const { failures } = await runSimulations({ from: 1, runs, module, hangMs: 60_000 });
  expect(failures).toEqual([]);
});

describe("the simulation finds that", () => {
  test.for(plants)("$fault", async ({ changes, symptom }) => {
    const module = await sources.plant(changes);
    const { failures } = await runSimulations({
      from: 1,
      runs,
      module,
      workers: 1,
      batchRuns: 4,
      hangMs: 6_000,
      onProgress: ({ failures: found }) => found.length === 0,
    });
    expect(failures.flatMap(({ problems }) => problems).join("\n")).toMatch(symptom);
  });
});
