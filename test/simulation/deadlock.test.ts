import { describe, expect, test } from "vitest";
import { type EndLimits, type Scenario, scenarioOf, simulate } from "../../src/testing/index.ts";

/** Each comes to its end, with everything delivered, in bounded virtual time; the simulation sees to that. */
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

const oneMessage: EndLimits = {
  window: { messages: 1, bytes: 1 },
  messageBytesMax: 131_072,
  receiveBytesMax: 131_073,
  bufferedBytesMax: 4_194_304,
  bufferedMessagesMax: 16_384,
  queueAgeMsMax: 0,
};
const awaiting = { lateShare: 0.8, lateMsMax: 50, answerShare: 0.9, awaitShare: 0.9 };

async function problemsOf(changes: Partial<Scenario>): Promise<string[]> {
  const problems: string[] = [];
  for (const seed of seeds) {
    const result = await simulate(seed, { changes: { ...scenarioOf(seed), messages: 20, ...changes } });
    problems.push(...result.problems.map((problem) => `seed ${seed}: ${problem}`));
  }
  return problems;
}

const bothLimits = (limits: EndLimits) => ({ clientLimits: limits, serverLimits: limits });

describe("no end waits for the other for ever", () => {
  test("when handlers await the other side", async () => {
    expect(await problemsOf({ faults: 0, habits: awaiting })).toEqual([]);
  });

  test("when windows hold one message, and handlers await the other side", async () => {
    expect(await problemsOf({ faults: 0, habits: awaiting, ...bothLimits(oneMessage) })).toEqual([]);
  });

  test("when memory is full of parts of messages of all streams", async () => {
    const faultKinds = ["cut", "cutOpening", "drop"] as const;
    const changes = { faults: 6, faultKinds, messageBytesMax: 60_000, sendEveryMsMax: 1 };
    expect(await problemsOf({ ...changes, ...bothLimits(oneMessage) })).toEqual([]);
  });

  test("when both ends close at once", async () => {
    const faultKinds = ["closeClient", "closeServer"] as const;
    expect(await problemsOf({ faults: 8, faultKinds, ...bothLimits(oneMessage) })).toEqual([]);
  });

  test("when the server drains while credit is used up", async () => {
    const faultKinds = ["drain"] as const;
    const changes = { faults: 4, faultKinds, habits: awaiting, sendEveryMsMax: 1 };
    expect(await problemsOf({ ...changes, ...bothLimits(oneMessage) })).toEqual([]);
  });

  test("when a session closes while the server drains", async () => {
    const faultKinds = ["drain", "closeClient", "closeServer", "cut"] as const;
    expect(await problemsOf({ faults: 8, faultKinds, habits: awaiting })).toEqual([]);
  });
});
