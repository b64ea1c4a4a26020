import { describe, expect, test } from "vitest";
import { type BenchFlags, benchOptions } from "./bench-options.ts";
import { openFilesMax } from "./open-files.ts";

const url = "ws://app.example/echo";

describe("benchOptions", () => {
  test("loads with 100 connections for some 10 s by default", () => {
    expect(benchOptions(url, {})).toMatchObject({
      url: new URL(url),
      connections: 100,
      rate: null,
      messageBytes: 32,
      burst: 1,
      durationMs: 10_000,
      warmUpMs: 1000,
      binary: false,
      compress: false,
      pid: null,
      json: false,
    });
  });

  test("takes every flag, and those by which a connection is opened", () => {
    const flags: BenchFlags = {
      connections: "5",
      rate: "0.5",
      size: "0",
      burst: "64",
      duration: "0.1",
      warmUp: "0",
      binary: true,
      json: true,
      compress: true,
      subprotocol: ["chat"],
    };
    expect(benchOptions("app.example:90", flags)).toMatchObject({
      connections: 5,
      rate: 0.5,
      messageBytes: 0,
      burst: 64,
      durationMs: 100,
      warmUpMs: 0,
      binary: true,
      json: true,
      compress: true,
      subprotocols: ["chat"],
    });
  });

  test.each<[BenchFlags, string]>([
    [{ connections: "0" }, '--connections is "0"; allowed is a whole number from 1 to 60000'],
    [{ connections: "1e3" }, '--connections is "1e3"; allowed'],
    [{ size: "16777217" }, '--size is "16777217"; allowed is a whole number from 0 to 16777216'],
    [{ burst: "10001" }, '--burst is "10001"; allowed is a whole number from 1 to 10000'],
    [
      { burst: "65", size: "1048576", connections: "1" },
      "--size is 1048576 bytes, 65 at once on each of 1 connections; allowed is at most 67108864 bytes at once on each",
    ],
    [{ size: "16777216" }, "allowed is at most 10737418 bytes at once on each"],
    [{ rate: "0" }, '--rate is "0"; allowed is a number of messages a second above 0, up to 10000000'],
    [{ rate: "fast" }, '--rate is "fast"; allowed'],
    [{ duration: "0" }, '--duration is "0"; allowed is a number of seconds above 0, up to 86400'],
    [{ warmUp: "-1" }, '--warm-up is "-1"; allowed'],
    [{ pid: "0" }, '--pid is "0"; allowed'],
    [{ pid: "self" }, '--pid is "self"; allowed'],
    [{ header: ["Nonsense"] }, "--header is without a name and a colon"],
  ])("refuses %j", (flags, message) => {
    expect(() => benchOptions(url, flags)).toThrow(message);
  });

  test.runIf(openFilesMax() < 60_000)(
    "names the limit on open files if there are too many connections",
    () => {
      const most = openFilesMax() - 40;
      expect(benchOptions(url, { connections: String(most) }).connections).toBe(most);
      expect(() => benchOptions(url, { connections: String(most + 1) })).toThrow(
        `allowed is at most ${most}, as this process may have ${most + 40} open files (raise the limit with ulimit -n)`,
      );
    },
  );

  test.runIf(process.platform === "linux")("takes the id of a process that runs", () => {
    expect(benchOptions(url, { pid: String(process.pid) }).pid).toBe(process.pid);
  });
});
