import { HandshakeError } from "./errors.ts";
import { isToken, listElements } from "./header-grammar.ts";

/** Whether `protocols` may be offered: tokens, each only once (RFC 6455 §4.1). Case counts. */
export function areSubprotocols(protocols: readonly string[]): boolean {
  return protocols.every(isToken) && new Set(protocols).size === protocols.length;
}

/**
 * Reads a request's `Sec-WebSocket-Protocol`: what the client can speak, the one it prefers first. Without the header
 * the list is empty. Throws a `HandshakeError` if there is nothing in it, or what may not be offered.
 */
export function parseSubprotocols(header: string | undefined): string[] {
  if (header === undefined) return [];
  const protocols = listElements(header);
  if (protocols.length === 0 || !areSubprotocols(protocols)) {
    throw new HandshakeError("WS_HANDSHAKE_PROTOCOLS");
  }
  return protocols;
}

/** The first of the protocols `offered` by the client that is among those `supported` by the server, if one is. */
export function selectSubprotocol(
  offered: readonly string[],
  supported: readonly string[],
): string | undefined {
  const known = new Set(supported);
  return offered.find((protocol) => known.has(protocol));
}
