/**
 * Errors of the engine, beside the protocol's `ProtocolError` and `HandshakeError`.
 *
 * - `ConnectionError`: the connection failed for a reason that is not the peer's words: a timeout, a limit of ours, the
 *   network.
 *
 * Misuse by the caller throws `TypeError`, `RangeError` or, where the WHATWG standard says so, a `DOMException`.
 */

/** Every way in which a connection fails by itself. `{name}` in a message is filled from the facts. */
export const connectionRules = {
  WS_BUFFER_FULL:
    "{bufferedBytes} bytes wait to be sent, {bytes} more would pass the limit of {limit} (bufferedBytesMax); await writable() between messages",
  WS_HEARTBEAT_TIMEOUT:
    "The peer was silent for {silentMs} ms and did not answer a ping (heartbeatIntervalMs)",
  WS_HANDSHAKE_TIMEOUT: "The handshake took longer than {limitMs} ms (handshakeTimeout)",
  WS_CONNECT_FAILED: "No connection to {host}: {reason}",
  WS_CONNECTION_LOST: "The connection ended without a Close frame",
  WS_PORT_BLOCKED: "Port {port} is blocked by the Fetch standard",
} as const;

/** Names why a connection failed. */
export type ConnectionErrorCode = keyof typeof connectionRules;

/** The connection failed for a reason other than a rule that the peer broke. `cause` is the system's error, if any. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;
  /** The numbers and names in the message. */
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: ConnectionErrorCode,
    facts: Readonly<Record<string, string | number>> = {},
    options?: { cause?: unknown },
  ) {
    const text = connectionRules[code].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name]));
    super(text, options);
    this.code = code;
    this.facts = facts;
  }
}
