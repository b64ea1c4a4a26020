import { readFileSync } from "node:fs";
import { CommandError, reasonOf } from "../errors.ts";
import { targetUrl } from "./target-url.ts";

/** The flags of every command that opens a connection, as commander hands them over: texts. */
export interface DialFlags {
  readonly header?: readonly string[];
  readonly subprotocol?: readonly string[];
  readonly origin?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly compress?: boolean;
  readonly timeout?: string;
}

/** How a connection is opened. */
export interface DialOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  readonly origin: string | undefined;
  /** PEM text. */
  readonly ca: string | undefined;
  readonly checksCertificate: boolean;
  readonly compress: boolean;
  readonly handshakeTimeoutMs: number;
}

/** A name in a header or a subprotocol (RFC 9110 §5.6.2). */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Checks these flags; throws a `CommandError` that names the option, what was given and what is allowed. */
export function dialOptions(url: string, flags: DialFlags): DialOptions {
  return {
    url: targetUrl(url),
    headers: Object.fromEntries((flags.header ?? []).map(parseHeader)),
    subprotocols: [...new Set((flags.subprotocol ?? []).map(parseSubprotocol))],
    origin: flags.origin,
    ca: flags.ca === undefined ? undefined : readPem(flags.ca),
    checksCertificate: flags.insecure !== true,
    compress: flags.compress === true,
    handshakeTimeoutMs: parseSeconds("--timeout", flags.timeout ?? "10"),
  };
}

/** A header's value may be a secret, so only its name is ever shown. */
function parseHeader(text: string): [string, string] {
  const [, name = "", value = ""] = /^([^:]*):[ \t]*(.*?)[ \t]*$/s.exec(text) ?? [];
  if (token.test(name) && headerValue.test(value)) return [name, value];
  const given = token.test(name) ? `${name} with a value of other characters` : "without a name and a colon";
  throw invalidOption("--header", given, '"Name: value" on one line');
}

function parseSubprotocol(text: string): string {
  if (token.test(text)) return text;
  throw invalidOption(
    "--subprotocol",
    JSON.stringify(text),
    "a name of letters, digits and marks, without spaces and commas",
  );
}

/** A time in seconds, in ms. */
export function parseSeconds(option: string, text: string): number {
  const seconds = Number(text);
  if (/^[\d.]+$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw invalidOption(option, JSON.stringify(text), "a number of seconds above 0, up to 86400");
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const facts = { option: "--ca", given: JSON.stringify(file), reason: reasonOf(cause) };
    throw new CommandError("CLI_FILE_UNREADABLE", facts, { cause });
  }
}

/** An option has a value that it may not have. */
export function invalidOption(option: string, given: string, allowed: string): CommandError {
  return new CommandError("CLI_OPTION_INVALID", { option, given, allowed });
}
