import { parseArgs } from "node:util";
import { type Sample, trendOf } from "../soak/flatness.ts";
import { MixedLoad } from "../soak/mixed-load.ts";
import { Served } from "../soak/served.ts";
import { type Holdings, readHoldings, type ServerStatus } from "../soak/soak-status.ts";
import { pause } from "../soak/visits.ts";

/**
 * The endurance run: minutes of visits of all kinds to a server of ours, which must hold no more at the end than it held
 * when it was warm. Ends with code 1 if it does, or if anything came back wrong.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    visitors: { type: "string", default: "12" },
    /** So many bytes of each connection the server keeps for ever, to see that the run tells. */
    leak: { type: "string", default: "0" },
  },
});
const durationMs = Number(values.minutes) * 60_000;
/** Until everything that runs has run often, so that what is compiled and kept for reuse is there. */
const warmupMs = Math.max(4000, Math.min(60_000, durationMs / 5));
const sampleMs = Math.min(5000, durationMs / 20);
const leavingMsMax = 20_000;

const mebibyte = 1024 * 1024;
/**
 * What heap and buffers may grow by, under load and from idle to idle. In a shorter run than the usual the code is still
 * being compiled, which its heap shows.
 */
const growthMax = (durationMs < 600_000 ? 3 : 1) * mebibyte;

interface Moment {
  readonly at: number;
  readonly server: ServerStatus;
  readonly visitors: Holdings;
}

const startedAt = performance.now();
await using served = await Served.start(Number(values.leak));
const load = { ports: served.ports, visitors: Number(values.visitors), stayers: 5 };

async function look(): Promise<Moment> {
  const server = await served.status();
  return { at: (performance.now() - startedAt) / 1000, server, visitors: readHoldings() };
}

const inMiB = (bytes: number): string => (bytes / mebibyte).toFixed(2);

function describe({ heap, external, rss, descriptors }: Holdings): string {
  return `heap ${inMiB(heap)}, external ${inMiB(external)}, RSS ${inMiB(rss)} MiB, ${descriptors} descriptors`;
}

function print(stage: string, { at, server, visitors }: Moment, visits: number): void {
  const counts = `${server.connections} connections, ${server.messages} messages, ${visits} visits`;
  process.stdout.write(
    `${at.toFixed(0).padStart(4)} s  ${stage.padEnd(8)} server: ${describe(server)}, ${counts}; visitors: ${describe(visitors)}\n`,
  );
}

/** Loads the server for so long, then waits until it is left alone. */
async function run(stage: string, ms: number): Promise<{ moments: Moment[]; load: MixedLoad }> {
  const mixed = new MixedLoad(load);
  const moments: Moment[] = [];
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await Promise.race([pause(sampleMs), mixed.done]);
    moments.push(await look());
    print(stage, moments.at(-1)!, mixed.visitCount);
  }
  mixed.stop();
  await mixed.done;
  return { moments, load: mixed };
}

/** What is held when nobody is connected any more. */
async function lookAtIdle(stage: string, descriptors: readonly number[]): Promise<Moment> {
  const deadline = performance.now() + leavingMsMax;
  for (;;) {
    const moment = await look();
    const { server, visitors } = moment;
    const isIdle = server.connections === 0 && server.descriptors === descriptors[0];
    if ((isIdle && visitors.descriptors === descriptors[1]) || performance.now() > deadline) {
      print(stage, moment, 0);
      return moment;
    }
    await pause(100);
  }
}

/** Each finding is a line; those that are not flat begin with "NOT FLAT". */
function judge(
  name: "server" | "visitors",
  moments: readonly Moment[],
  idle: readonly [Moment, Moment],
): string[] {
  const findings = (["heap", "external"] as const).flatMap((what) => {
    const samples = moments.map((moment): Sample => ({ at: moment.at, value: moment[name][what] }));
    const { median, perHour, growth, maxRatio } = trendOf(samples);
    const [before, after] = idle.map((moment) => moment[name][what]) as [number, number];
    const verdict = (value: number): string => (value <= growthMax ? "flat" : "NOT FLAT");
    return [
      `${verdict(growth)}: ${name}, ${what} under load: median ${inMiB(median)} MiB, growth ${inMiB(growth)} MiB (${inMiB(perHour)} MiB an hour), highest ${maxRatio.toFixed(2)} of the median`,
      `${verdict(after - before)}: ${name}, ${what} with nobody connected: ${inMiB(before)} MiB before, ${inMiB(after)} MiB after`,
    ];
  });
  const [before, after] = idle.map((moment) => moment[name].descriptors) as [number, number];
  const verdict = before === after ? "flat" : "NOT FLAT";
  return [
    ...findings,
    `${verdict}: ${name}, descriptors with nobody connected: ${before} before, ${after} after`,
  ];
}

const untouched = await look();
const descriptors = [untouched.server.descriptors, untouched.visitors.descriptors];
print("start", untouched, 0);
await run("warm-up", warmupMs);
const before = await lookAtIdle("idle", descriptors);
const { moments, load: done } = await run("load", durationMs);
const after = await lookAtIdle("idle", descriptors);

const findings = [
  ...judge("server", moments, [before, after]),
  ...judge("visitors", moments, [before, after]),
];
const connections = after.server.connections;
findings.push(
  `${connections === 0 ? "flat" : "NOT FLAT"}: connections after the last has left: ${connections}`,
);
process.stdout.write(`\nVisits: ${JSON.stringify(Object.fromEntries(done.counts))}\n`);
process.stdout.write(`Errors that the server told of: ${JSON.stringify(after.server.errors)}\n`);
process.stdout.write(`${findings.join("\n")}\n`);
process.exitCode = findings.some((finding) => finding.startsWith("NOT FLAT")) ? 1 : 0;
