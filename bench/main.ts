import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { parseArgs } from "node:util";
import { makeCertificate } from "./certificate.ts";
import { canPin, GENERATOR_CORE, pinThisProcess } from "./core-pinning.ts";
import { findPeers, OUR_SESSIONS, OURS, type Peer } from "./peers.ts";
import { drawChart } from "./report/chart.ts";
import { replaceBetween } from "./report/markers.ts";
import type { Report, WorkloadResult } from "./report/result.ts";
import { formatLatencies, formatMarkdown, formatResult } from "./report/table.ts";
import { type Plan, runWorkload } from "./schedule.ts";
import type { Effort, Workload } from "./workload.ts";
import { workloads } from "./workloads.ts";

const USAGE = `npm run bench -- [WORKLOAD…] [--quick] [--rounds N] [--peers A,B] [--write]

  WORKLOAD   those whose names begin so: ${workloads.map(({ name }) => name).join(", ")}
  --quick    two short rounds, two minutes in all: a first look, not a figure to publish
  --peers    these beside ours
  --write    the table to docs/performance.md and the chart to docs/performance.svg`;

/** Above it, something else is running. */
const IDLE_LOAD_MAX = 0.7;

const full: Effort = { warmupMs: 300, measureMs: 1000, idleConnections: 5000 };
const quick: Effort = { warmupMs: 75, measureMs: 150, idleConnections: 2000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
    rounds: { type: "string" },
    peers: { type: "string" },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const chosen = chooseWorkloads();
  pinThisProcess(GENERATOR_CORE);
  const { peers: all, skipped } = findPeers();
  const wanted = values.peers?.split(",");
  const peers = all.filter(
    ({ name }) => name === OURS || name === OUR_SESSIONS || wanted?.includes(name) !== false,
  );
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  const plan: Plan = { rounds, effort: values.quick ? quick : full, tls: await makeCertificate(), progress };
  const machine = describeMachine();
  console.log(`${machine}\n${rounds} rounds of ${plan.effort.measureMs} ms`);
  const [load = 0] = loadavg();
  if (load > IDLE_LOAD_MAX) {
    console.log(
      `The machine is not idle (load ${load.toFixed(1)}): trust the ratios less, and the latencies not at all`,
    );
  }
  for (const { name, reason } of skipped) console.log(`Without ${name}: ${reason}`);

  const results: WorkloadResult[] = [];
  for (const workload of chosen) {
    const result = await runWorkload(workload, peers, plan);
    results.push(result);
    progress("");
    console.log(`\n${formatResult(result)}`);
  }
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    rounds,
    measureMs: plan.effort.measureMs,
    peers: peers.map(({ name, about }: Peer) => ({ name, about })),
    skipped,
    results,
  };
  mkdirSync(".reports", { recursive: true });
  writeFileSync(".reports/bench.json", `${JSON.stringify(report, null, 2)}\n`);
  if (values.write) writeDocuments(report);
}

/** The part of the report with these workloads, and the peers that took part in them. */
function partOf(report: Report, isIn: (result: WorkloadResult) => boolean): Report {
  const results = report.results.filter(isIn);
  const names = new Set(results.flatMap(({ peers }) => peers.map(({ peer }) => peer)));
  return { ...report, results, peers: report.peers.filter(({ name }) => names.has(name)) };
}

function chooseWorkloads(): Workload[] {
  const chosen = workloads.filter(
    ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
  );
  if (chosen.length === 0) throw new Error(`No workload begins with ${positionals.join(" or ")}.\n${USAGE}`);
  return chosen;
}

function describeMachine(): string {
  const [cpu] = cpus();
  const cores = canPin() ? "server and generator on a core each" : "not pinned to cores";
  return `${cpu?.model ?? "unknown CPU"}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}; ${cores}`;
}

/** Each kind of workload has a place of its own, which stays as it is when none of that kind was run. */
function writeDocuments(report: Report): void {
  const ofSessions = new Set(workloads.filter((one) => one.ofSessions).map(({ name }) => name));
  const sessions = partOf(report, ({ name }) => ofSessions.has(name));
  const engine = partOf(report, ({ name }) => !ofSessions.has(name));
  if (sessions.results.length > 0) writeTables("bench-sessions", sessions);
  if (engine.results.length === 0) return;
  writeTables("bench", engine);
  writeFileSync("docs/performance.svg", drawChart(engine));
}

function writeTables(place: string, report: Report): void {
  const file = "docs/performance.md";
  const { date, machine, rounds, measureMs, peers, skipped } = report;
  const content = [
    "",
    `Measured on ${date}: ${machine}; ${rounds} rounds of ${measureMs} ms. Peers: ` +
      `${peers.map(({ name, about }) => `${name} (${about})`).join(", ")}.`,
    ...skipped.map(({ name, reason }) => `Not measured: ${name}, as ${reason}.`),
    "",
    formatMarkdown(report),
    "",
    formatLatencies(report),
    "",
  ].join("\n");
  writeFileSync(file, replaceBetween(readFileSync(file, "utf8"), place, content));
}

/** One line that is written over and over on a terminal, and a line each elsewhere. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
  else if (line !== "") process.stderr.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
// A turn that ran out of time may have left sockets.
process.exit();
