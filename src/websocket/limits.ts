import type { Limit } from "../protocol/index.ts";

/** The limits that the engine holds, with their defaults. */
export const websocketLimits = {
  bufferedBytesMax: {
    default: 16 * 1024 * 1024,
    unit: "bytes",
    where: "WebSocketServer, WebSocket",
    description:
      "What waits to be sent on one connection, frames and what holds them (384 bytes a piece) included. While nothing waits, a message of any size is taken",
    past: "error event WS_BUFFER_FULL, the connection ends (1006)",
  },
  readAheadBytesMax: {
    default: 256 * 1024,
    unit: "bytes",
    where: "WebSocketServer, WebSocket",
    description: "Received messages that wait for a handler, 64 bytes each besides their payload",
    past: "nothing more is read from the peer until the handler catches up",
  },
  handshakeTimeout: {
    default: 10_000,
    unit: "ms",
    where: "WebSocketServer, WebSocket",
    description:
      "From the connection's begin to the end of its handshake, on the client including DNS and TLS; a listener with `tls` gives as long to TLS before",
    past: "HTTP status 408, or a failed connection on the client",
  },
  closeTimeout: {
    default: 10_000,
    unit: "ms",
    where: "WebSocketServer, WebSocket",
    description:
      "From close(), or the last bytes sent before it that the peer took, to the end of the transport",
    past: "the transport is cut; the close event says 1006 unless Close frames went both ways",
  },
  heartbeatIntervalMs: {
    default: 30_000,
    unit: "ms",
    where: "WebSocketServer (WebSocket: off)",
    description:
      "A peer that was silent for this long is pinged, one that stays silent for as long again is gone: after two to three times this",
    past: "error event WS_HEARTBEAT_TIMEOUT, the connection ends (1006)",
  },
  connectionHandlerMs: {
    default: 10_000,
    unit: "ms",
    where: "fixed",
    description: "How long a connection handler may hold messages back before the log names it",
    past: "a warning in the log; messages go on waiting",
  },
  connectionsMax: {
    default: 100_000,
    unit: "connections",
    where: "WebSocketServer",
    description: "Open connections and handshakes under way, those of TLS included, per server",
    past: "HTTP status 503 with Retry-After; where so many are at TLS, the TCP connection is cut",
  },
  topicsMax: {
    default: 1000,
    unit: "topics",
    where: "WebSocketServer",
    description: "Topics that one connection subscribes to",
    past: "`subscribe` throws RangeError",
  },
  topicLengthMax: {
    default: 256,
    unit: "UTF-16 code units",
    where: "fixed",
    description: "A topic's name",
    past: "`subscribe` throws RangeError",
  },
  failureLingerMs: {
    default: 1000,
    unit: "ms",
    where: "fixed",
    description:
      "After a failure or a refused handshake, how long input is discarded so that the peer can read our answer",
    past: "the transport is cut",
  },
  spareChunksMax: {
    default: 8,
    unit: "chunks of 64 KiB",
    where: "fixed",
    description: "Memory that was read into and is kept for the next messages, per process",
    past: "freed",
  },
} as const satisfies Record<string, Limit>;
