import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import {
  type UpgradeRequest,
  type WebSocketConnection,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../websocket/index.ts";

/** What a connection handler gets. */
export interface EndpointConnection {
  /** The other end: the WebSocket interface. */
  readonly socket: WebSocketConnection;
  readonly request: UpgradeRequest;
  /** The engine of this endpoint: its `clients`, and `publish` to a topic of theirs. */
  readonly server: WebSocketServer;
}

/**
 * Called for each new connection; may be async. Messages wait until it has returned, or its promise has resolved or
 * begun to read. If it throws or rejects, that one connection is closed with 1011.
 */
export type EndpointHandler = (event: EndpointConnection) => unknown;

/** The engine's options for one path; where to listen is the server's business. */
export interface EndpointOptions
  extends Omit<WebSocketServerOptions, "port" | "host" | "backlog" | "tls" | "server" | "path" | "log"> {
  readonly onconnection: EndpointHandler;
}

/** A path of a server that takes WebSocket connections. */
export interface Endpoint {
  readonly path: string;
  /** The open connections; empty before the server listens. */
  readonly clients: ReadonlySet<WebSocketConnection>;
  /** Sends to all subscribers of a topic; returns their number, 0 before the server listens. */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number;
}

const noClients: ReadonlySet<WebSocketConnection> = new Set();

/** An endpoint whose engine exists from the moment the server has an HTTP server to attach it to. */
export class MountableEndpoint implements Endpoint {
  readonly path: string;
  readonly #onconnection: EndpointHandler;
  readonly #engineOptions: WebSocketServerOptions;
  #engine: WebSocketServer | null = null;

  constructor(path: string, onconnection: EndpointHandler, engineOptions: WebSocketServerOptions) {
    this.path = path;
    this.#onconnection = onconnection;
    this.#engineOptions = engineOptions;
    // An engine without a server does nothing; its constructor throws for a wrong option here and not in `listen`.
    void new WebSocketServer(engineOptions).close();
  }

  get clients(): ReadonlySet<WebSocketConnection> {
    return this.#engine?.clients ?? noClients;
  }

  get connectionCount(): number {
    return this.clients.size;
  }

  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number {
    return this.#engine?.publish(topic, data) ?? 0;
  }

  mount(httpServer: HttpServer | HttpsServer): void {
    const engine = new WebSocketServer({ ...this.#engineOptions, server: httpServer, path: this.path });
    engine.onconnection = ({ socket, request }) => this.#onconnection({ socket, request, server: engine });
    this.#engine = engine;
  }

  async close(graceMs: number): Promise<void> {
    await this.#engine?.close({ graceMs });
  }
}
