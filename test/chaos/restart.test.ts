import { describe, expect, test } from "vitest";
import { sessionLimits } from "../../src/session/index.ts";
import { type FlowReport, RestartRun } from "./restart-run.ts";

const connections = 4;
const windowMessages = sessionLimits.windowMessages.default;

/** Closes all clients, which means that everything they sent has been begun. */
async function closeAll(run: RestartRun): Promise<FlowReport[]> {
  const closed = await Promise.all(run.clients.map((client) => client.close()));
  expect(closed.map(({ code, wasClean }) => [code, wasClean])).toEqual(
    Array.from({ length: connections }, () => [1000, true]),
  );
  return run.report();
}

function failed(reports: readonly FlowReport[]): FlowReport[] {
  return reports.filter(({ report }) => !report.hasPassed);
}

function sum(reports: readonly FlowReport[], what: "accepted" | "ok" | "unknown"): number {
  return reports.reduce((total, { report }) => total + report[what], 0);
}

function print(reports: readonly FlowReport[], what: string): void {
  const [accepted, ok, unknown] = (["accepted", "ok", "unknown"] as const).map((each) => sum(reports, each));
  process.stdout.write(
    `  ${what}: ${accepted} messages, ${ok} handled once and in order, ${unknown} unknown\n`,
  );
}

describe("a server that is killed with kill -9 while messages flow", () => {
  test("makes each client report its gap, and go on with the next server, with nothing lost but what is in the gaps", async () => {
    await using run = await RestartRun.start(connections);
    await run.untilBegun(40);
    await run.restart("SIGKILL");
    await run.untilBegun(40);
    expect(run.clients.map(({ gaps }) => gaps.length)).toEqual(Array.from({ length: connections }, () => 1));
    const reports = await closeAll(run);
    print(reports, "killed");
    expect(failed(reports)).toEqual([]);
  });

  test("is reported in ranges that are right: what came of them came once, from the server that was killed, and they are no longer than a window", async () => {
    await using run = await RestartRun.start(connections);
    await run.untilBegun(40);
    await run.restart("SIGKILL");
    await run.untilBegun(40);
    await closeAll(run);
    const [, next] = await run.journals();
    expect(run.clients.flatMap(({ gaps }) => gaps[0]!.sent).length).toBeGreaterThan(0);
    for (const [number, { gaps }] of run.clients.entries()) {
      for (const { stream, from, to } of gaps[0]!.sent) {
        const flow = run.flows.find((each) => each.connection === number && each.stream === stream)!;
        const again = next!.filter((entry) => entry.flow === flow.index && entry.what === "started");
        expect(to - from).toBeLessThan(windowMessages);
        // What follows the range was never sent to the server that was killed: it goes to the next one from there on.
        expect(again[0]!.id).toBe(to);
      }
      for (const { from, to } of gaps[0]!.received) expect(to - from).toBeLessThan(windowMessages);
    }
  });

  test("again and again, is a gap each time", async () => {
    await using run = await RestartRun.start(connections);
    for (let round = 0; round < 3; round++) {
      await run.untilBegun(30);
      await run.restart("SIGKILL");
    }
    await run.untilBegun(30);
    expect(run.clients.map(({ gaps }) => gaps.length)).toEqual(Array.from({ length: connections }, () => 3));
    const reports = await closeAll(run);
    print(reports, "killed three times");
    expect(failed(reports)).toEqual([]);
  });
});

describe("a server that is ended by SIGTERM while messages flow", () => {
  test("drains, and the clients go on with the next one: no gap, nothing lost, repeated or reordered", async () => {
    await using run = await RestartRun.start(connections);
    await run.untilBegun(40);
    await run.restart("SIGTERM");
    await run.untilBegun(40);
    const reports = await closeAll(run);
    print(reports, "drained");
    expect(run.clients.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(failed(reports)).toEqual([]);
    expect(sum(reports, "ok")).toBe(sum(reports, "accepted"));
  });
});
