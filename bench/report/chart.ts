import type { Report, WorkloadResult } from "./result.ts";
import { formatNumber } from "./table.ts";

const WIDTH = 860;
const LEFT = 330;
const RIGHT = 100;
const BAR = 11;
const GAP = 14;
const TOP = 64;
const COLOURS: Readonly<Record<string, string>> = {
  "ropeway-http": "#7c9cbf",
  ws: "#c2701c",
  bun: "#8a5fb0",
  uwebsockets: "#3c8d5a",
  "socket.io": "#6b7280",
};

/** Bars of peer ÷ ours on a logarithmic scale: to the right of the line at 1, ours takes less CPU, or less memory. */
export function drawChart(report: Report): string {
  const results = report.results.filter(({ peers }) => peers.some(({ ratio }) => ratio !== undefined));
  const ratios = results.flatMap(({ peers }) => peers.flatMap(({ ratio }) => ratio?.median ?? []));
  const low = Math.log10(Math.min(0.5, ...ratios));
  const high = Math.log10(Math.max(2, ...ratios));
  const toX = (ratio: number): number =>
    LEFT + ((Math.log10(ratio) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  let y = TOP;
  const groups = results.map((result) => {
    const group = drawGroup(result, y, toX);
    y += group.height + GAP;
    return group.text;
  });
  const ticks = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100]
    .filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high)
    .map((tick) => drawTick(tick, toX(tick), y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600" fill="#111827">Server cost of each, divided by Ropeway’s (logarithmic; right of 1, Ropeway is cheaper)</text>`,
    ...ticks,
    ...groups,
    "</svg>",
    "",
  ].join("\n");
}

function drawTick(tick: number, x: number, bottom: number): string {
  const colour = tick === 1 ? "#111827" : "#d1d5db";
  return [
    `<line x1="${round(x)}" y1="${TOP - 10}" x2="${round(x)}" y2="${bottom}" stroke="${colour}"/>`,
    `<text x="${round(x)}" y="${TOP - 16}" text-anchor="middle" fill="#6b7280">${tick}</text>`,
  ].join("");
}

function drawGroup(
  { title, peers }: WorkloadResult,
  top: number,
  toX: (ratio: number) => number,
): { text: string; height: number } {
  const compared = peers.flatMap(({ peer, ratio }) =>
    ratio === undefined ? [] : [{ peer, value: ratio.median }],
  );
  const height = compared.length * (BAR + 2);
  const bars = compared.map(({ peer, value }, i) => {
    const y = top + i * (BAR + 2);
    const [from, to] = [toX(1), toX(value)].toSorted((a, b) => a - b) as [number, number];
    const colour = COLOURS[peer] ?? "#374151";
    return [
      `<rect x="${round(from)}" y="${y}" width="${round(Math.max(1, to - from))}" height="${BAR}" fill="${colour}"/>`,
      `<text x="${round(to + 4)}" y="${y + BAR - 1}" font-size="10" fill="#374151">${peer} ${formatNumber(value)}</text>`,
    ].join("");
  });
  const label = `<text x="16" y="${round(top + height / 2 + 4)}" fill="#111827">${escape(title)}</text>`;
  return { text: [label, ...bars].join("\n"), height };
}

function round(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
