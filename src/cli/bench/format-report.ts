import { visibleLine } from "../connect/visible-text.ts";
import { type BenchReport, failureOf, type Latency } from "./bench-report.ts";

/** The report for people. */
export function formatText(report: BenchReport): string {
  const rows: (readonly [string, string] | null)[] = [
    ["Server", report.url],
    ["Connections", describeConnections(report)],
    ["Traffic", describeTraffic(report)],
    ["Messages", describeMessages(report)],
    ["Latency", describeLatency(report.latency)],
    report.server === null ? null : ["Server's cost", describeCost(report)],
    ...describeTroubles(report).map((text) => ["Note", text] as const),
  ];
  const lines = rows.flatMap((row) => (row === null ? [] : [`${row[0].padEnd(14)}${row[1]}`]));
  return `${lines.join("\n")}\n`;
}

/** The report as one line of JSON. Times in µs; what is not known is null. */
export function formatJson(report: BenchReport): string {
  const { messages, seconds, messageBytes, server, latency, asked, opened, openSeconds, lost, wrong } =
    report;
  const perSecond = ratio(messages, seconds);
  return `${JSON.stringify({
    url: report.url,
    connections: { asked, opened, openSeconds: round(openSeconds, 4), lost: lost.count, wrong: wrong.count },
    traffic: {
      messageBytes,
      type: report.binary ? "binary" : "text",
      burst: report.burst,
      rate: report.rate,
      compression: report.compression,
    },
    seconds: round(seconds, 4),
    messages,
    messagesPerSecond: round(perSecond, 1),
    payloadBytesPerSecond: round(perSecond * messageBytes, 1),
    latencyMicros: Object.fromEntries(
      Object.entries<number>({ ...latency }).map(([name, value]) => [name, round(value, 1)]),
    ),
    unanswered: report.unanswered,
    unsent: report.unsent,
    server: server && {
      processes: server.processes,
      cpuMicrosPerMessage: round(server.cpuMicrosPerMessage, 3),
      memoryBytesPerConnection: round(server.memoryBytesPerConnection, 0),
    },
    generatorIsBusy: report.generatorIsBusy,
    interrupted: report.interrupted,
    failure: failureOf(report)?.message ?? null,
  })}\n`;
}

function describeConnections({ asked, opened, openSeconds, lost, wrong }: BenchReport): string {
  const ended = [
    lost.count > 0 ? `${formatCount(lost.count)} lost` : "",
    wrong.count > 0 ? `${formatCount(wrong.count)} cut after a wrong echo` : "",
  ].filter((text) => text !== "");
  const count = opened === asked ? formatCount(opened) : `${formatCount(opened)} of ${formatCount(asked)}`;
  return [`${count}, opened in ${openSeconds.toFixed(2)} s`, ...ended].join(", ");
}

function describeTraffic({ messageBytes, binary, burst, rate, compression }: BenchReport): string {
  const message = `${binary ? "binary" : "text"} messages of ${formatCount(messageBytes)} bytes`;
  const bursts = burst === 1 ? "" : ` in bursts of ${formatCount(burst)}`;
  const pace =
    rate === null ? "each connection sends when its echo is back" : `${formatCount(rate)} a second in all`;
  const compressed = {
    none: "",
    agreed: ", compressed",
    declined: ", not compressed as the server declined it",
  }[compression];
  return `${message}${bursts}${compressed}; ${pace}`;
}

function describeMessages({ messages, seconds, messageBytes }: BenchReport): string {
  const perSecond = ratio(messages, seconds);
  const bytes = formatBytes(perSecond * messageBytes);
  return `${formatCount(messages)} in ${seconds.toFixed(1)} s: ${formatCount(perSecond)} a second, ${bytes}/s each way; every echo compared`;
}

function describeLatency(latency: Latency): string {
  const { p50, p90, p99, p999, max } = latency;
  const values = { p50, p90, p99, "p99.9": p999, max };
  return Object.entries(values)
    .map(([name, value]) => `${name} ${formatMicros(value)}`)
    .join("   ");
}

function describeCost({ server }: BenchReport): string {
  const { processes, cpuMicrosPerMessage, memoryBytesPerConnection } = server!;
  const cpu = Number.isNaN(cpuMicrosPerMessage) ? "" : `CPU ${formatMicros(cpuMicrosPerMessage)} a message`;
  const memory = Number.isNaN(memoryBytesPerConnection)
    ? ""
    : `memory ${formatBytes(memoryBytesPerConnection)} a connection`;
  const costs = [cpu, memory].filter((text) => text !== "").join(", ") || "not known";
  const names = processes.map(({ pid, name }) => `${visibleLine(name)} ${pid}`).join(", ");
  return `${costs} (${names})`;
}

function describeTroubles({ unsent, unanswered, generatorIsBusy, interrupted }: BenchReport): string[] {
  return [
    interrupted ? "ended before its time" : "",
    unsent > 0
      ? `${formatCount(unsent)} messages were due and not sent: the rate is more than the server, or this generator, can do`
      : "",
    unanswered > 0 ? `${formatCount(unanswered)} messages were not echoed` : "",
    generatorIsBusy ? "the generator took a whole core: the server may be able to do more" : "",
  ].filter((text) => text !== "");
}

function ratio(amount: number, seconds: number): number {
  return seconds > 0 ? amount / seconds : 0;
}

function round(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return (
    count < 10 && !Number.isInteger(count) ? Number(count.toFixed(2)) : Math.round(count)
  ).toLocaleString("en");
}

/** Three digits and a unit: `12.3 µs`, `1.23 ms`, `12.3 s`. */
export function formatMicros(micros: number): string {
  if (Number.isNaN(micros)) return "–";
  const [divisor, unit] = micros < 1000 ? [1, "µs"] : micros < 1_000_000 ? [1000, "ms"] : [1_000_000, "s"];
  return `${threeDigits(micros / divisor)} ${unit}`;
}

function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  const [divisor, unit] =
    size < 1000 ? [1, "B"] : size < 1e6 ? [1e3, "KB"] : size < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${threeDigits(bytes / divisor)} ${unit}`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2);
}
