import {
  type DialFlags,
  type DialOptions,
  dialOptions,
  invalidOption,
  parseSeconds,
} from "./dial-options.ts";
import type { PipeFormat } from "./pipe-format.ts";

/** The flags as commander hands them over: texts. */
export interface ConnectFlags extends DialFlags {
  readonly ping?: string;
  readonly binary?: boolean;
  readonly json?: boolean;
  readonly maxPayload?: string;
  readonly wait?: string;
  /** False for `--no-history`. */
  readonly history?: boolean;
}

/** What `ropeway connect` runs with. */
export interface ConnectOptions extends DialOptions {
  /** Null sends no pings. */
  readonly pingIntervalMs: number | null;
  readonly format: PipeFormat;
  readonly maxPayload: number;
  /** Infinity for `--wait forever`. */
  readonly waitMs: number;
  readonly keepsHistory: boolean;
}

/** Checks the flags of `ropeway connect`; throws a `CommandError` that names the option, what was given and what is allowed. */
export function connectOptions(url: string, flags: ConnectFlags): ConnectOptions {
  if (flags.binary && flags.json) {
    throw invalidOption("--binary", "given beside --json", "one of them");
  }
  return {
    ...dialOptions(url, flags),
    pingIntervalMs: flags.ping === undefined ? null : parseSeconds("--ping", flags.ping),
    format: flags.json ? "json" : flags.binary ? "binary" : "text",
    maxPayload: parseBytes("--max-payload", flags.maxPayload ?? "16777216"),
    waitMs: flags.wait === "forever" ? Number.POSITIVE_INFINITY : parseWait(flags.wait ?? "1"),
    keepsHistory: flags.history !== false,
  };
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (/^[\d.]+$/.test(text) && seconds <= 86_400) return seconds * 1000;
  throw invalidOption("--wait", JSON.stringify(text), 'a number of seconds from 0 to 86400, or "forever"');
}

function parseBytes(option: string, text: string): number {
  const bytes = Number(text);
  if (/^\d+$/.test(text) && bytes > 0 && bytes <= 0x7fff_ffff) return bytes;
  throw invalidOption(option, JSON.stringify(text), "a number of bytes from 1 to 2147483647");
}
