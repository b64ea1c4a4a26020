import type { Spread } from "../statistics.ts";
import type { Sample } from "../workload.ts";
import type { PeerResult, Report, WorkloadResult } from "./result.ts";

/** A number with three significant digits, and thousands apart. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}

export function formatRatio(ratio: Spread | undefined): string {
  if (ratio === undefined) return "";
  const [middle, min, max] = [ratio.median, ratio.min, ratio.max].map((value) =>
    value >= 100 ? value.toFixed(0) : value.toPrecision(3),
  );
  return `${middle} (${min}–${max})`;
}

/** The cost of a message with its unit. */
export function formatCost({ cpuMicros, bytesPerConnection }: Sample): string {
  if (cpuMicros !== undefined) return `${formatNumber(cpuMicros)} µs`;
  return bytesPerConnection === undefined ? "" : `${formatNumber(bytesPerConnection / 1024)} KiB`;
}

/** What a terminal shows when a workload is done: a line for each peer. */
export function formatResult(result: WorkloadResult): string {
  const latency = result.peers.some(({ median }) => median.p50Micros !== undefined);
  const extras = Object.keys(result.peers[0]?.median.extras ?? {});
  const head = [
    result.title,
    `per ${result.unit}`,
    "per second",
    ...(latency ? ["p50", "p99"] : []),
    ...extras,
    "peer ÷ ours",
  ];
  const rows = result.peers.map(({ peer, median, ratio }) => [
    `  ${peer}`,
    formatCost(median),
    formatOptional(median.perSecond),
    ...(latency ? [formatMicros(median.p50Micros), formatMicros(median.p99Micros)] : []),
    ...extras.map((name) => formatOptional(median.extras?.[name])),
    formatRatio(ratio),
  ]);
  return alignColumns([head, ...rows]);
}

/** The table for the documents: a line for each workload, a column for each peer. */
export function formatMarkdown(report: Report): string {
  const names = report.peers.map(({ name }) => name);
  const lines = report.results.map(({ title, unit, peers }) => {
    const cells = names.map((name) => formatCell(peers.find(({ peer }) => peer === name)));
    return [`${title} (per ${unit})`, ...cells];
  });
  const rows = [["workload", ...names], names.map(() => "---").concat("---"), ...lines];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Latency and throughput of the workloads that have a latency. */
export function formatLatencies(report: Report): string {
  const rows = report.results.flatMap(({ title, peers }) =>
    peers
      .filter(({ median }) => median.p50Micros !== undefined)
      .map(({ peer, median }) => [
        title,
        peer,
        formatOptional(median.perSecond),
        formatMicros(median.p50Micros),
        formatMicros(median.p99Micros),
        formatExtras(median),
      ]),
  );
  const head = ["workload", "peer", "per second", "p50", "p99", "besides"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function formatCell(result: PeerResult | undefined): string {
  if (result === undefined) return "–";
  const cost = formatCost(result.median);
  return result.ratio === undefined ? `**${cost}**` : `${cost}<br>${formatRatio(result.ratio)}`;
}

function formatExtras({ extras = {} }: Sample): string {
  return Object.entries(extras)
    .map(([name, value]) => `${name}: ${formatNumber(value)}`)
    .join("<br>");
}

function formatOptional(value: number | undefined): string {
  return value === undefined ? "" : formatNumber(value);
}

function formatMicros(value: number | undefined): string {
  return value === undefined ? "" : `${formatNumber(value)} µs`;
}

/** The first column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const format = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(format).join("  ").trimEnd()).join("\n");
}
