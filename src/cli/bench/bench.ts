import { shownUrl } from "../connect/dial.ts";
import { commandLimits } from "../limits.ts";
import { type Measured, measure, wait } from "../load/measure.ts";
import { signalExitCodes, type StopSignal, type StopSignals } from "../stop-signals.ts";
import { BenchConnections } from "./bench-connections.ts";
import type { BenchOptions } from "./bench-options.ts";
import { type BenchReport, failureOf, latencyOf } from "./bench-report.ts";
import { formatCount, formatJson, formatMicros, formatText } from "./format-report.ts";
import { ProgressLine } from "./progress-line.ts";
import { ServerWatch } from "./server-watch.ts";

/** What the command takes from the process. */
export interface BenchSurroundings {
  readonly signals: StopSignals;
  /** Writes the report. */
  readonly print: (text: string) => void;
  /** Writes to a terminal; null if there is none. */
  readonly progress: ((text: string) => void) | null;
}

/** From this part of a core on, the generator may be what is slow. */
const ownLoadHigh = 0.95;

/**
 * `ropeway bench`: loads an echoing server and reports. Resolves with the exit code: 0, or that of the signal which ended
 * it, with a report of what there was. Rejects with a `CommandError` for a server that cannot be measured, and, after the
 * report, for one that lost connections or echoes.
 */
export async function bench(options: BenchOptions, surroundings: BenchSurroundings): Promise<number> {
  const { signals, print } = surroundings;
  const end = new AbortController();
  const signalled: StopSignal[] = [];
  void signals.first.then((signal) => {
    signalled.push(signal);
    end.abort();
  });
  const outcome = await Promise.race([run(options, surroundings.progress, end.signal), signals.second]);
  const [signal] = signalled;
  if (typeof outcome === "string") return signalExitCodes[outcome];
  if (outcome !== null) print(options.json ? formatJson(outcome) : formatText(outcome));
  if (signal !== undefined) return signalExitCodes[signal];
  const failure = outcome && failureOf(outcome);
  if (failure !== null) throw failure;
  return 0;
}

/** Null if it was ended before there was anything to measure. */
async function run(
  options: BenchOptions,
  write: BenchSurroundings["progress"],
  interrupted: AbortSignal,
): Promise<BenchReport | null> {
  const allLost = new AbortController();
  const signal = AbortSignal.any([interrupted, allLost.signal]);
  using progress = new ProgressLine(write);
  const connections = new BenchConnections(options, () => allLost.abort());
  try {
    const isOpen = await Promise.race([
      connections.openFirst().then(() => true),
      untilAborted(interrupted).then(() => false),
    ]);
    if (!isOpen) return null;
    const port = Number(options.url.port) || (options.url.protocol === "wss:" ? 443 : 80);
    const watch = new ServerWatch(options.pid, () => ({ server: port, client: connections.localPorts }));
    const openedFrom = performance.now();
    progress.follow(() => `Opening: ${connections.opened} of ${options.connections} connections`);
    await connections.openRest(signal);
    const openSeconds = (performance.now() - openedFrom) / 1000;
    if (interrupted.aborted) return null;
    watch.handleOpened();

    const { rate, burst } = options;
    connections.load.start(rate === null ? undefined : rate / burst);
    const { measured, ownLoad } = await measureLoad(options, { connections, watch, signal, progress });
    await Promise.race([connections.load.stop(), wait(commandLimits.benchDrainMs.default)]);
    return {
      ...describe(options, connections),
      openSeconds,
      seconds: measured.seconds,
      messages: Math.round(measured.count),
      server: watch.costOf(measured.cpuMicros, measured.count),
      generatorIsBusy: rate === null && ownLoad > ownLoadHigh,
      interrupted: interrupted.aborted,
    };
  } finally {
    await connections.close();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
}

/** What is the same whatever was measured. */
function describe(options: BenchOptions, connections: BenchConnections) {
  const { load, opened, compressed, lost, wrong } = connections;
  const { url, connections: asked, rate, messageBytes, burst, binary, compress } = options;
  return {
    url: shownUrl(url),
    asked,
    opened,
    rate,
    messageBytes,
    burst,
    binary,
    compression: compressed ? "agreed" : compress ? "declined" : "none",
    latency: latencyOf(load.latencies),
    unanswered: Math.ceil(load.unanswered),
    unsent: load.unsent,
    lost,
    wrong,
  } as const;
}

/** How much of a core this process took while it measured. */
interface LoadMeasured {
  readonly measured: Measured;
  readonly ownLoad: number;
}

/** What a measurement looks at, besides the options. */
interface Scene {
  readonly connections: BenchConnections;
  readonly watch: ServerWatch;
  readonly signal: AbortSignal;
  readonly progress: ProgressLine;
}

async function measureLoad(
  { warmUpMs, durationMs }: BenchOptions,
  { connections: { load }, watch, signal, progress }: Scene,
): Promise<LoadMeasured> {
  const startedAt = performance.now();
  let shown = { messages: load.messages, at: startedAt };
  progress.follow(() => {
    const now = { messages: load.messages, at: performance.now() };
    const perSecond = (1000 * (now.messages - shown.messages)) / (now.at - shown.at);
    shown = now;
    const measuredMs = now.at - startedAt - warmUpMs;
    const phase = measuredMs < 0 ? "Warm-up" : `${Math.round(measuredMs / 1000)} of ${durationMs / 1000} s`;
    const p99 = formatMicros(load.latencies.percentileMicros(99));
    return `${phase}: ${formatCount(perSecond)} messages a second, p99 ${p99}`;
  });
  const ownCpu = process.cpuUsage();
  const measured = await measure({
    warmUpMs,
    measureMs: durationMs,
    count: () => load.messages,
    cpuMicros: () => watch.readCpuMicros(),
    onWarm: () => load.latencies.clear(),
    signal,
  });
  const { user, system } = process.cpuUsage(ownCpu);
  return { measured, ownLoad: (user + system) / 1000 / (performance.now() - startedAt) };
}
