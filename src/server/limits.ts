/** The limits that the server layer holds, with their defaults; a row each of LIMITS.md. */
export const serverLimits = {
  headersTimeout: {
    default: 10_000,
    unit: "ms",
    where: "fixed",
    description: "From a request's first byte to the end of its headers",
    past: "HTTP status 408, connection closed",
  },
  requestTimeout: {
    default: 30_000,
    unit: "ms",
    where: "fixed",
    description: "From a request's first byte to its last",
    past: "HTTP status 408, connection closed",
  },
  keepAliveTimeout: {
    default: 65_000,
    unit: "ms",
    where: "fixed",
    description:
      "An HTTP connection without a request; longer than the 60 s after which usual proxies close theirs",
    past: "connection closed",
  },
  responseStallTimeout: {
    default: 60_000,
    unit: "ms",
    where: "fixed",
    description: "A client that takes no byte of the file that it asked for",
    past: "connection destroyed, file closed",
  },
  tlsHandshakeTimeout: {
    default: 10_000,
    unit: "ms",
    where: "fixed",
    description: "From a TCP connection to the end of its TLS handshake",
    past: "connection closed",
  },
  requestHeaderBytesMax: {
    default: 16 * 1024,
    unit: "bytes",
    where: "fixed",
    description: "All headers of an HTTP request, those of a WebSocket handshake included",
    past: "HTTP status 431, connection closed",
  },
  graceMs: {
    default: 5_000,
    unit: "ms",
    where: "close()",
    description: "What open connections get to end by themselves when the server closes",
    past: "connection destroyed; a WebSocket sees 1006",
  },
} as const;
