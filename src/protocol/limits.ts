/** One row of LIMITS.md. */
export interface Limit {
  /** The value where the option is not given. */
  readonly default: number;
  readonly unit: string;
  /** The option that sets it. */
  readonly where: string;
  /** What is counted. */
  readonly description: string;
  /** What happens past it. */
  readonly past: string;
}

/** The limits that the protocol layer holds, with their defaults. */
export const protocolLimits = {
  maxPayload: {
    default: 16 * 1024 * 1024,
    unit: "bytes",
    where: "WebSocketServer, WebSocket",
    description:
      "A message's payload, after inflation. Buffers grow with what arrived, never to a declared length",
    past: "close code 1009, WS_MESSAGE_TOO_LARGE",
  },
  maxFragments: {
    default: 16 * 1024 * 1024,
    unit: "frames",
    where: "WebSocketServer, WebSocket",
    description:
      "The frames of one message, empty ones included. They are joined as they arrive and retain nothing",
    past: "close code 1008, WS_TOO_MANY_FRAGMENTS",
  },
  headerBytesMax: {
    default: 16 * 1024,
    unit: "bytes",
    where: "WebSocketServer (own listener), WebSocket",
    description: "The head of a handshake: its first line and all headers",
    past: "HTTP status 431, or a failed connection on the client",
  },
  headersMax: {
    default: 100,
    unit: "headers",
    where: "WebSocketServer (own listener), WebSocket",
    description: "The headers of a handshake",
    past: "HTTP status 431, or a failed connection on the client",
  },
  extensionNamesMax: {
    default: 64,
    unit: "names",
    where: "fixed",
    description: "Extensions and their parameters in one handshake",
    past: "HTTP status 400, or a failed connection on the client",
  },
} as const satisfies Record<string, Limit>;
