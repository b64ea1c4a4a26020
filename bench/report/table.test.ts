import { expect, test } from "vitest";
import { drawChart } from "./chart.ts";
import { replaceBetween } from "./markers.ts";
import { type Report, summarize } from "./result.ts";
import {
  formatCost,
  formatLatencies,
  formatMarkdown,
  formatNumber,
  formatRatio,
  formatResult,
} from "./table.ts";

const workload = { name: "echo-one", title: "echo <32 B>", unit: "message" };
const samples = new Map([
  ["ropeway", [{ cpuMicros: 8, perSecond: 100_000, p50Micros: 900, p99Micros: 2000 }, { cpuMicros: 10 }]],
  ["ws", [{ cpuMicros: 16, perSecond: 60_000, p50Micros: 1500, p99Micros: 3000 }, undefined]],
  ["gone", [undefined, undefined]],
]);
const result = summarize(workload, samples, "ropeway");
const report: Report = {
  date: "2026-01-02",
  machine: "a machine",
  rounds: 2,
  measureMs: 100,
  peers: ["ropeway", "ws", "gone"].map((name) => ({ name, about: "" })),
  skipped: [],
  results: [result],
};

test("a workload's summary has medians, and ratios of the rounds that count", () => {
  const [ours, ws] = result.peers;
  expect(ours?.median.cpuMicros).toBe(9);
  expect(ours?.ratio).toBeUndefined();
  expect(ws?.ratio).toEqual({ median: 2, min: 2, max: 2 });
});

test("a peer without a turn that counts has no row", () => {
  expect(result.peers.map(({ peer }) => peer)).toEqual(["ropeway", "ws"]);
});

test("memory is compared where there is no CPU time", () => {
  const memory = new Map([
    ["ropeway", [{ bytesPerConnection: 4096 }]],
    ["ws", [{ bytesPerConnection: 6144 }]],
  ]);
  const [ours, ws] = summarize(workload, memory, "ropeway").peers;
  expect(formatCost(ours?.median ?? {})).toBe("4 KiB");
  expect(ws?.ratio?.median).toBe(1.5);
});

test("numbers keep three significant digits", () => {
  expect([0.12345, 9.876, 1234.5, 123_456].map(formatNumber)).toEqual(["0.123", "9.88", "1,235", "123,456"]);
  expect(formatRatio({ median: 1.4, min: 1.333, max: 120.4 })).toBe("1.40 (1.33–120)");
});

test("the terminal's table has a line for each peer, its columns aligned", () => {
  const lines = formatResult(result).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^echo <32 B> +per message +per second +p50 +p99 +peer ÷ ours$/);
  expect(lines[2]).toMatch(/^ {2}ws +16 µs +60,000 +1,500 µs +3,000 µs +2\.00 \(2\.00–2\.00\)$/);
  expect(lines[2]?.length).toBe(lines[0]?.length);
});

test("the document's table has a line for each workload, and a dash where a peer did not take part", () => {
  expect(formatMarkdown(report).split("\n")).toEqual([
    "| workload | ropeway | ws | gone |",
    "| --- | --- | --- | --- |",
    "| echo <32 B> (per message) | **9 µs** | 16 µs<br>2.00 (2.00–2.00) | – |",
  ]);
});

test("the table of latencies has a line for each peer", () => {
  expect(formatLatencies(report).split("\n")[3]).toBe(
    "| echo <32 B> | ws | 60,000 | 1,500 µs | 3,000 µs |  |",
  );
});

test("figures of one workload alone have columns of their own, by their medians", () => {
  const turns = [1, 5, 2].map((ratio) => ({
    cpuMicros: 1,
    p50Micros: 1,
    extras: { "p99 ÷ without": ratio },
  }));
  const alone = summarize(workload, new Map([["ropeway", turns]]), "ropeway");
  expect(formatResult(alone)).toMatch(/p99 ÷ without +peer ÷ ours\n +ropeway .* 2$/);
  expect(formatLatencies({ ...report, results: [alone] })).toMatch(/\| p99 ÷ without: 2 \|$/);
});

test("the chart has a bar for each ratio and escapes what it writes", () => {
  const svg = drawChart(report);
  expect(svg).toContain("echo &lt;32 B>");
  expect(svg.match(/<rect x=/g)).toHaveLength(1);
  expect(svg).toContain(">ws 2</text>");
  expect(svg).not.toContain("NaN");
});

test("only what stands between the markers is replaced", () => {
  expect(replaceBetween("a <!-- x -->old<!-- /x --> b", "x", "new")).toBe("a <!-- x -->\nnew\n<!-- /x --> b");
  expect(() => replaceBetween("a", "x", "new")).toThrow("<!-- x -->");
});
