import { readFileSync } from "node:fs";
import { CommandError, reasonOf } from "../errors.ts";
import type { PipeFormat } from "./pipe-format.ts";
import { targetUrl } from "./target-url.ts";

/** The flags as commander hands them over: texts. */
export interface ConnectFlags {
  readonly header?: readonly string[];
  readonly subprotocol?: readonly string[];
  readonly origin?: string;
  readonly ca?: string;
  /** False for `--insecure`. */
  readonly insecure?: boolean;
  readonly compress?: boolean;
  readonly ping?: string;
  readonly binary?: boolean;
  readonly json?: boolean;
  readonly maxPayload?: string;
  readonly timeout?: string;
  readonly wait?: string;
  /** False for `--no-history`. */
  readonly history?: boolean;
}

/** What `ropeway connect` runs with. */
export interface ConnectOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  readonly origin: string | undefined;
  /** PEM text. */
  readonly ca: string | undefined;
  readonly checksCertificate: boolean;
  readonly compress: boolean;
  /** Null sends no pings. */
  readonly pingIntervalMs: number | null;
  readonly format: PipeFormat;
  readonly maxPayload: number;
  readonly handshakeTimeoutMs: number;
  /** Infinity for `--wait forever`. */
  readonly waitMs: number;
  readonly keepsHistory: boolean;
}

/** A name in a header or a subprotocol (RFC 9110 §5.6.2). */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Checks the flags of `ropeway connect`; throws a `CommandError` that names the option, what was given and what is allowed. */
export function connectOptions(url: string, flags: ConnectFlags): ConnectOptions {
  if (flags.binary && flags.json) {
    throw invalid("--binary", "given beside --json", "one of them");
  }
  return {
    url: targetUrl(url),
    headers: Object.fromEntries((flags.header ?? []).map(parseHeader)),
    subprotocols: [...new Set((flags.subprotocol ?? []).map(parseSubprotocol))],
    origin: flags.origin,
    ca: flags.ca === undefined ? undefined : readPem(flags.ca),
    checksCertificate: flags.insecure !== true,
    compress: flags.compress === true,
    pingIntervalMs: flags.ping === undefined ? null : parseSeconds("--ping", flags.ping),
    format: flags.json ? "json" : flags.binary ? "binary" : "text",
    maxPayload: parseBytes("--max-payload", flags.maxPayload ?? "16777216"),
    handshakeTimeoutMs: parseSeconds("--timeout", flags.timeout ?? "10"),
    waitMs: flags.wait === "forever" ? Number.POSITIVE_INFINITY : parseWait(flags.wait ?? "1"),
    keepsHistory: flags.history !== false,
  };
}

/** A header's value may be a secret, so only its name is ever shown. */
function parseHeader(text: string): [string, string] {
  const [, name = "", value = ""] = /^([^:]*):[ \t]*(.*?)[ \t]*$/s.exec(text) ?? [];
  if (token.test(name) && headerValue.test(value)) return [name, value];
  const given = token.test(name) ? `${name} with a value of other characters` : "without a name and a colon";
  throw invalid("--header", given, '"Name: value" on one line');
}

function parseSubprotocol(text: string): string {
  if (token.test(text)) return text;
  throw invalid(
    "--subprotocol",
    JSON.stringify(text),
    "a name of letters, digits and marks, without spaces and commas",
  );
}

function parseSeconds(option: string, text: string): number {
  const seconds = Number(text);
  if (/^[\d.]+$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw invalid(option, JSON.stringify(text), "a number of seconds above 0, up to 86400");
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (/^[\d.]+$/.test(text) && seconds <= 86_400) return seconds * 1000;
  throw invalid("--wait", JSON.stringify(text), 'a number of seconds from 0 to 86400, or "forever"');
}

function parseBytes(option: string, text: string): number {
  const bytes = Number(text);
  if (/^\d+$/.test(text) && bytes > 0 && bytes <= 0x7fff_ffff) return bytes;
  throw invalid(option, JSON.stringify(text), "a number of bytes from 1 to 2147483647");
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const facts = { option: "--ca", given: JSON.stringify(file), reason: reasonOf(cause) };
    throw new CommandError("CLI_FILE_UNREADABLE", facts, { cause });
  }
}

function invalid(option: string, given: string, allowed: string): CommandError {
  return new CommandError("CLI_OPTION_INVALID", { option, given, allowed });
}
