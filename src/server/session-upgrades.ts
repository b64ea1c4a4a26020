import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocketServerOptions } from "../websocket/index.ts";

/** The subprotocol of links (PROTOCOL.md). A client that does not offer it is a plain WebSocket. */
const sessionProtocol = "ropeway.1";

/**
 * The WebSocket upgrades of a path: those that offer `ropeway.1` become its connections, all others go to an engine with
 * limits of its own.
 */
export class SessionUpgrades extends WebSocketServer {
  readonly #plain: WebSocketServer;

  constructor(options: WebSocketServerOptions, plain: WebSocketServer) {
    super({ ...options, handleProtocols: [sessionProtocol] });
    this.#plain = plain;
  }

  override handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (offersSessions(request)) super.handleUpgrade(request, socket, head);
    else this.#plain.handleUpgrade(request, socket, head);
  }
}

function offersSessions({ headers }: IncomingMessage): boolean {
  const offered = headers["sec-websocket-protocol"]?.split(",") ?? [];
  return offered.some((protocol) => protocol.trim() === sessionProtocol);
}
