import type { WebSocketServerOptions } from "../../src/websocket/index.ts";
import { openPair, type Pair, type Role } from "../raw-peer/open-pair.ts";

type DeflateOptions = Exclude<NonNullable<WebSocketServerOptions["perMessageDeflate"]>, boolean>;

/** Compresses every message, and asks for nothing by itself. */
const everyMessage: DeflateOptions = {
  threshold: 0,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
};

/**
 * The engine on a connection with permessage-deflate. `parameters` is what the raw peer offers (as client) or agrees to
 * (as server), such as `server_no_context_takeover`.
 */
export function openDeflatePair(
  role: Role,
  parameters: readonly string[] = [],
  options: DeflateOptions = {},
): Promise<Pair> {
  return openPair(role, {
    options: { perMessageDeflate: { ...everyMessage, ...options } },
    extensions: ["permessage-deflate", ...parameters].join("; "),
  });
}

/** Both no-context-takeover parameters: each message stands for itself, in both directions. */
export const noTakeover = ["server_no_context_takeover", "client_no_context_takeover"];
