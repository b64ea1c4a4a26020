import { HandshakeError } from "./errors.ts";
import { isFieldValue, isToken, trimSpace } from "./header-grammar.ts";

/** The headers of a head by lower-case name. The values of a repeated header are joined with a comma. */
export type HeaderMap = ReadonlyMap<string, string>;

/**
 * Headers that make a request ambiguous when repeated: two readers on its way could take different ones (RFC 9112
 * §3.2, RFC 6455 §11.3.1 and §11.3.5).
 */
export const requestSingletons: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "host",
  "origin",
  "proxy-authorization",
  "sec-websocket-key",
  "sec-websocket-version",
]);

/** RFC 6455 §11.3.3 and §11.3.4. `Sec-WebSocket-Version` may be repeated in a response (§11.3.5). */
export const responseSingletons: ReadonlySet<string> = new Set([
  "content-length",
  "sec-websocket-accept",
  "sec-websocket-protocol",
]);

/**
 * Adds a header to `headers`. A header in `singletons` that is there already is a `HandshakeError`; others are joined
 * with ", " (RFC 9110 §5.3), cookies with "; " (RFC 9113 §8.2.3).
 */
export function addHeader(
  headers: Map<string, string>,
  [name, value]: readonly [name: string, value: string],
  singletons: ReadonlySet<string>,
): void {
  const key = name.toLowerCase();
  const before = headers.get(key);
  if (before === undefined) headers.set(key, value);
  else if (singletons.has(key)) throw new HandshakeError("WS_HANDSHAKE_HEADER_REPEATED", { name: key });
  else headers.set(key, `${before}${key === "cookie" ? "; " : ", "}${value}`);
}

/**
 * The headers of a request that another HTTP parser has read, given as it lists them: name, value, name, value.
 * The rules are those of `readRequestHead`.
 */
export function headerMapFromRaw(
  rawHeaders: readonly string[],
  limits: { headersMax?: number } = {},
): HeaderMap {
  const { headersMax = Number.POSITIVE_INFINITY } = limits;
  if (rawHeaders.length / 2 > headersMax) {
    throw new HandshakeError("WS_HANDSHAKE_TOO_MANY_HEADERS", { limit: headersMax });
  }
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = trimSpace(rawHeaders[i + 1] as string);
    if (!isToken(name)) throw new HandshakeError("WS_HANDSHAKE_HEADER_NAME", { number: i / 2 + 1 });
    if (!isFieldValue(value)) throw new HandshakeError("WS_HANDSHAKE_HEADER_VALUE", { name });
    addHeader(headers, [name, value], requestSingletons);
  }
  return headers;
}
