import { isToken } from "./header-grammar.ts";

/** Headers of the caller's own beside those of the handshake. A list is written as one header for each value. */
export type ExtraHeaders = Readonly<Record<string, string | readonly string[]>>;

// Spaces, tabs and visible ASCII: the text is the same bytes in any encoding, and no line can end in it.
const valuePattern = /^[\t\x20-\x7e]*$/;

/**
 * The lines for `headers`, each with its CRLF. Throws a `TypeError` that names the header if it is one of those `reserved`
 * (in lower case), which the handshake writes itself, or has a name or value that HTTP does not allow: a line break
 * in a value would begin a header of the peer's choice.
 */
export function formatExtraHeaders(headers: ExtraHeaders | undefined, reserved: ReadonlySet<string>): string {
  return Object.entries(headers ?? {})
    .flatMap(([name, values]) => [values].flat().map((value) => formatHeader(name, value, reserved)))
    .join("");
}

function formatHeader(name: string, value: unknown, reserved: ReadonlySet<string>): string {
  if (!isToken(name))
    throw new TypeError(`headers has the name ${JSON.stringify(name)}, which is not a token`);
  if (reserved.has(name.toLowerCase())) {
    throw new TypeError(`headers has "${name}", which the handshake writes itself`);
  }
  if (typeof value !== "string" || !valuePattern.test(value)) {
    throw new TypeError(`headers["${name}"] must be text of visible ASCII characters, spaces and tabs`);
  }
  return `${name}: ${value}\r\n`;
}
