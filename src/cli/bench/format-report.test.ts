import { describe, expect, test } from "vitest";
import { type BenchReport, failureOf } from "./bench-report.ts";
import { formatCount, formatJson, formatMicros, formatText } from "./format-report.ts";

const report: BenchReport = {
  url: "ws://app.example/echo",
  asked: 100,
  opened: 100,
  openSeconds: 0.0512,
  rate: null,
  messageBytes: 32,
  burst: 1,
  binary: false,
  compression: "none",
  seconds: 10,
  messages: 123_456,
  latency: { p50: 812.34, p90: 1000, p99: 2345.6, p999: 45_678, max: 1_234_567 },
  unanswered: 0,
  unsent: 0,
  lost: { count: 0, first: "" },
  wrong: { count: 0, first: "" },
  server: {
    processes: [{ pid: 12, name: "node" }],
    cpuMicrosPerMessage: 10.123,
    memoryBytesPerConnection: 4321,
  },
  generatorIsBusy: false,
  interrupted: false,
};

describe("the report", () => {
  test("is a few lines for people", () => {
    expect(formatText(report)).toBe(`Server        ws://app.example/echo
Connections   100, opened in 0.05 s
Traffic       text messages of 32 bytes; each connection sends when its echo is back
Messages      123,456 in 10.0 s: 12,346 a second, 395 KB/s each way; every echo compared
Latency       p50 812 µs   p90 1.00 ms   p99 2.35 ms   p99.9 45.7 ms   max 1.23 s
Server's cost CPU 10.1 µs a message, memory 4.32 KB a connection (node 12)
`);
  });

  test("tells of what differs from the ordinary", () => {
    const text = formatText({
      ...report,
      opened: 90,
      rate: 0.5,
      burst: 64,
      binary: true,
      compression: "declined",
      server: null,
      lost: { count: 3, first: "it went" },
      wrong: { count: 1, first: "it lied" },
      unanswered: 7,
      unsent: 8,
      generatorIsBusy: true,
      interrupted: true,
    });
    for (const words of [
      "90 of 100, opened in 0.05 s, 3 lost, 1 cut after a wrong echo",
      "binary messages of 32 bytes in bursts of 64, not compressed as the server declined it; 0.5 a second in all",
      "Note          ended before its time",
      "8 messages were due and not sent: the rate is more than the server, or this generator, can do",
      "7 messages were not echoed",
      "the generator took a whole core",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain("Server's cost");
  });

  test("is one line of JSON, with null for what is not known", () => {
    const server = { ...report.server!, memoryBytesPerConnection: Number.NaN };
    const latency = { ...report.latency, max: Number.NaN };
    const text = formatJson({ ...report, server, latency, lost: { count: 1, first: "it went" } });
    expect(text).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(text)).toEqual({
      url: "ws://app.example/echo",
      connections: { asked: 100, opened: 100, openSeconds: 0.0512, lost: 1, wrong: 0 },
      traffic: { messageBytes: 32, type: "text", burst: 1, rate: null, compression: "none" },
      seconds: 10,
      messages: 123_456,
      messagesPerSecond: 12_345.6,
      payloadBytesPerSecond: 395_059.2,
      latencyMicros: { p50: 812.3, p90: 1000, p99: 2345.6, p999: 45_678, max: null },
      unanswered: 0,
      unsent: 0,
      server: {
        processes: [{ pid: 12, name: "node" }],
        cpuMicrosPerMessage: 10.123,
        memoryBytesPerConnection: null,
      },
      generatorIsBusy: false,
      interrupted: false,
      failure: expect.stringContaining("1 of 100 connections were lost, the first so: it went") as unknown,
    });
  });

  test.each<[Partial<BenchReport>, string]>([
    [
      { wrong: { count: 2, first: "it lied" } },
      "2 of 100 connections got something else than their echo, the first so: it lied",
    ],
    [
      { lost: { count: 2, first: "it went" } },
      "see what the server says of it, or ask less of it with --connections or --rate",
    ],
    [{ unanswered: 9 }, "9 messages were not echoed within 5 s of the end"],
  ])("has a failure with exit code 3 for %j", (trouble, words) => {
    const failure = failureOf({ ...report, ...trouble });
    expect(failure?.exitCode).toBe(3);
    expect(failure?.message).toContain(words);
  });

  test("has no failure if all went well", () => {
    expect(failureOf(report)).toBeNull();
  });
});

test("times and counts have three digits or all that matter", () => {
  expect([0, 0.125, 12.34, 999, 1e6].map(formatMicros)).toEqual([
    "0 µs",
    "0.13 µs",
    "12.3 µs",
    "999 µs",
    "1.00 s",
  ]);
  expect(formatMicros(Number.NaN)).toBe("–");
  expect([0.25, 9, 1234.5].map(formatCount)).toEqual(["0.25", "9", "1,235"]);
});
