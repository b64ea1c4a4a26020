import type { PerMessageDeflateOptions } from "../../src/websocket/index.ts";

/** A way to compress that each peer is tried with. */
export interface Compression {
  readonly name: "off" | "each message by itself" | "context takeover" | "small windows";
  /** The option of ours; every message is compressed, however small. */
  readonly perMessageDeflate: false | PerMessageDeflateOptions;
  /** What is agreed on with a peer that offers, or takes, whatever is asked for. */
  readonly agreed: string;
  /** Whether it is tried with the largest message, which takes its time. */
  readonly withLargest: boolean;
}

export const off: Compression = { name: "off", perMessageDeflate: false, agreed: "", withLargest: true };

const takeover = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false };

export const compressions: readonly Compression[] = [
  off,
  {
    name: "each message by itself",
    perMessageDeflate: { threshold: 0 },
    agreed: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    withLargest: true,
  },
  {
    name: "context takeover",
    perMessageDeflate: takeover,
    agreed: "permessage-deflate",
    withLargest: false,
  },
  {
    name: "small windows",
    perMessageDeflate: { ...takeover, serverMaxWindowBits: 10, clientMaxWindowBits: 9 },
    agreed: "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
    withLargest: false,
  },
];
