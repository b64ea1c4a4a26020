import { type ExtraHeaders, formatExtraHeaders } from "./extra-headers.ts";

/** How a server refuses an opening handshake. A `HandshakeError` has all of it. */
export interface Refusal {
  /** From 300 to 599, but 304, which has no body. */
  readonly status: number;
  /** The body, for a person to read. Any text: it is sent as plain text of known length. */
  readonly message: string;
  readonly headers?: ExtraHeaders | undefined;
}

const reasons: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
]);

const refusalHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "transfer-encoding",
]);

/**
 * A whole HTTP response that refuses the handshake (RFC 6455 §4.2.1); write it as UTF-8, then end the connection.
 * Throws a `RangeError` for a status that does not refuse and a `TypeError` for headers of the caller's that are not
 * valid.
 */
export function writeRefusal({ status, message, headers }: Refusal): string {
  if (!Number.isInteger(status) || status < 300 || status > 599 || status === 304) {
    throw new RangeError(`The status of a refusal is ${status}, allowed are 300 to 599 without 304`);
  }
  const lines = formatExtraHeaders(headers, refusalHeaders);
  // A response that names protocols to upgrade to says so in Connection, too (RFC 9110 §7.8).
  const connection = /^upgrade:/im.test(lines) ? "close, Upgrade" : "close";
  const body = `${message}\n`;
  return (
    `HTTP/1.1 ${status} ${reasons.get(status) ?? ""}\r\n${lines}` +
    `Connection: ${connection}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `X-Content-Type-Options: nosniff\r\nContent-Length: ${utf8Length(body)}\r\n\r\n${body}`
  );
}

/** Encoders write a surrogate without its pair as U+FFFD, of 3 bytes as it would have itself. */
function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    length += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return length;
}
