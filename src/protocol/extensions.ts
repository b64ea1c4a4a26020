import { HandshakeError } from "./errors.ts";
import { protocolLimits } from "./limits.ts";
import { endOfSpace, endOfToken, isToken, readQuotedString } from "./header-grammar.ts";

/** A parameter of an extension; its value is `true` where none is written. */
export type ExtensionParameter = readonly [name: string, value: string | true];

/** One entry of `Sec-WebSocket-Extensions`. Repeated parameters are kept: the extension decides what they mean. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/** How many extensions and parameters a header may have together. Real ones have fewer than ten. */
export const extensionNamesMax = protocolLimits.extensionNamesMax.default;

/**
 * Reads `Sec-WebSocket-Extensions` (RFC 6455 §9.1). White space may stand between any two parts ("implied *LWS"), and
 * empty elements of the list do not count. Throws a `HandshakeError` for anything else, and past `extensionNamesMax`.
 */
export function parseExtensions(header: string): [Extension, ...Extension[]] {
  const extensions: Extension[] = [];
  let names = 0;
  let position = 0;
  for (;;) {
    position = endOfSpace(header, position);
    if (position < header.length && header[position] !== ",") {
      const entry = readExtension(header, position, extensionNamesMax - names);
      extensions.push(entry.value);
      names += 1 + entry.value.parameters.length;
      position = entry.end;
    }
    if (position === header.length) break;
    if (header[position] !== ",") throw malformed(position);
    position++;
  }
  const [first, ...others] = extensions;
  if (first === undefined) throw malformed(position);
  return [first, ...others];
}

/** The text that `parseExtensions` reads back to the same list. */
export function formatExtensions(extensions: readonly Extension[]): string {
  return extensions.map(formatExtension).join(", ");
}

function formatExtension({ name, parameters }: Extension): string {
  return [name, ...parameters.map(formatParameter)].join("; ");
}

function formatParameter([name, value]: ExtensionParameter): string {
  return value === true ? name : `${name}=${value}`;
}

interface Read<Value> {
  readonly value: Value;
  /** The position after it and after the white space that follows. */
  readonly end: number;
}

function readExtension(header: string, start: number, namesMax: number): Read<Extension> {
  if (namesMax < 1) throw tooMany();
  const name = readToken(header, start);
  const parameters: ExtensionParameter[] = [];
  let end = name.end;
  while (header[end] === ";") {
    if (parameters.length + 1 >= namesMax) throw tooMany();
    const parameter = readParameter(header, endOfSpace(header, end + 1));
    parameters.push(parameter.value);
    end = parameter.end;
  }
  return { value: { name: name.value, parameters }, end };
}

function readParameter(header: string, start: number): Read<ExtensionParameter> {
  const name = readToken(header, start);
  if (header[name.end] !== "=") return { value: [name.value, true], end: name.end };
  const value = readValue(header, endOfSpace(header, name.end + 1));
  return { value: [name.value, value.value], end: value.end };
}

function readValue(header: string, start: number): Read<string> {
  if (header[start] !== '"') return readToken(header, start);
  const quoted = readQuotedString(header, start);
  // What is quoted must be a token, too (§9.1).
  if (quoted === undefined || !isToken(quoted.value)) throw malformed(start);
  return { value: quoted.value, end: endOfSpace(header, quoted.end) };
}

function readToken(header: string, start: number): Read<string> {
  const end = endOfToken(header, start);
  if (end === start) throw malformed(start);
  return { value: header.slice(start, end), end: endOfSpace(header, end) };
}

function malformed(position: number): HandshakeError {
  return new HandshakeError("WS_HANDSHAKE_EXTENSIONS", { position });
}

function tooMany(): HandshakeError {
  return new HandshakeError("WS_HANDSHAKE_TOO_MANY_EXTENSIONS", { limit: extensionNamesMax });
}
