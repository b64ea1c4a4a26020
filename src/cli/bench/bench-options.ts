import { existsSync } from "node:fs";
import {
  type DialFlags,
  type DialOptions,
  dialOptions,
  invalidOption,
  parseSeconds,
} from "../connect/dial-options.ts";
import { commandLimits } from "../limits.ts";
import { openFilesMax } from "./open-files.ts";

/** The flags as commander hands them over: texts. */
export interface BenchFlags extends DialFlags {
  readonly connections?: string;
  readonly rate?: string;
  readonly size?: string;
  readonly burst?: string;
  readonly duration?: string;
  readonly warmUp?: string;
  readonly binary?: boolean;
  readonly pid?: string;
  readonly json?: boolean;
}

/** What `ropeway bench` runs with. */
export interface BenchOptions extends DialOptions {
  readonly connections: number;
  /** Messages a second of all connections together; null sends when the echo is back. */
  readonly rate: number | null;
  readonly messageBytes: number;
  /** Messages that a connection writes at once. */
  readonly burst: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
  readonly binary: boolean;
  /** The server's process; null looks for it. */
  readonly pid: number | null;
  readonly json: boolean;
}

const rateMax = 10_000_000;
/** Files that the process has open besides its connections. */
const otherFiles = 40;

/** Checks the flags of `ropeway bench`; throws a `CommandError` that names the option, what was given and what is allowed. */
export function benchOptions(url: string, flags: BenchFlags): BenchOptions {
  const { benchConnectionsMax, benchMessageBytesMax, benchBurstMax } = commandLimits;
  const messageBytes = parseCount("--size", flags.size ?? "32", [0, benchMessageBytesMax.default]);
  const burst = parseCount("--burst", flags.burst ?? "1", [1, benchBurstMax.default]);
  const connections = parseCount("--connections", flags.connections ?? "100", [
    1,
    benchConnectionsMax.default,
  ]);
  checkOpenFiles(connections);
  checkBytes(connections, burst, messageBytes);
  return {
    ...dialOptions(url, flags),
    connections,
    rate: flags.rate === undefined ? null : parseRate(flags.rate),
    messageBytes,
    burst,
    durationMs: parseSeconds("--duration", flags.duration ?? "10"),
    warmUpMs: flags.warmUp === "0" ? 0 : parseSeconds("--warm-up", flags.warmUp ?? "1"),
    binary: flags.binary === true,
    pid: flags.pid === undefined ? null : parsePid(flags.pid),
    json: flags.json === true,
  };
}

function parseCount(option: string, text: string, [min, max]: readonly [number, number]): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= min && count <= max) return count;
  throw invalidOption(option, JSON.stringify(text), `a whole number from ${min} to ${max}`);
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^[\d.]+$/.test(text) && rate > 0 && rate <= rateMax) return rate;
  throw invalidOption(
    "--rate",
    JSON.stringify(text),
    `a number of messages a second above 0, up to ${rateMax}`,
  );
}

function checkBytes(connections: number, burst: number, messageBytes: number): void {
  const { benchBurstBytesMax, benchUnansweredBytesMax } = commandLimits;
  const most = Math.min(
    benchBurstBytesMax.default,
    Math.floor(benchUnansweredBytesMax.default / connections),
  );
  if (burst * messageBytes <= most) return;
  const given = `${messageBytes} bytes, ${burst} at once on each of ${connections} connections`;
  throw invalidOption("--size", given, `at most ${most} bytes at once on each`);
}

function checkOpenFiles(connections: number): void {
  const most = openFilesMax() - otherFiles;
  if (connections <= most) return;
  throw invalidOption(
    "--connections",
    `"${connections}"`,
    `at most ${most}, as this process may have ${most + otherFiles} open files (raise the limit with ulimit -n)`,
  );
}

function parsePid(text: string): number {
  if (process.platform !== "linux")
    throw invalidOption("--pid", `"${text}"`, "none but on Linux, which has /proc");
  if (/^[1-9]\d{0,9}$/.test(text) && existsSync(`/proc/${text}/task`)) return Number(text);
  throw invalidOption("--pid", JSON.stringify(text), "the id of a process that runs on this machine");
}
