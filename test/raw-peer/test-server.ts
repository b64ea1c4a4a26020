import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import type { Certificate } from "./certificate.ts";
import { Observed } from "./observed.ts";

/** How the engine comes by its connections: its own listener, an http(s).Server, or sockets that are handed to it. */
export type Front = "own listener" | "HTTP server" | "handed sockets";

export const fronts: readonly Front[] = ["own listener", "HTTP server", "handed sockets"];

/** The engine as a server, in each way of coming by its connections. */
export class TestServer implements AsyncDisposable {
  readonly engine: WebSocketServer;
  /** Connections that were opened, in order. */
  readonly connections: Observed[] = [];
  readonly #http: Server | undefined;
  readonly #waiting: ((connection: Observed) => void)[] = [];

  private constructor(engine: WebSocketServer, http: Server | undefined) {
    this.engine = engine;
    this.#http = http;
    engine.onconnection = ({ socket }) => {
      const connection = new Observed(socket);
      this.connections.push(connection);
      this.#waiting.shift()?.(connection);
    };
  }

  static async listen(
    front: Front,
    options: WebSocketServerOptions = {},
    certificate?: Certificate,
  ): Promise<TestServer> {
    if (front === "own listener") {
      const tls = certificate && { tls: certificate };
      const engine = new WebSocketServer({ port: 0, host: "127.0.0.1", ...tls, ...options });
      const server = new TestServer(engine, undefined);
      await engine.listening;
      return server;
    }
    const http =
      certificate === undefined ? createHttpServer(refuse) : createHttpsServer(certificate, refuse);
    const engine = new WebSocketServer(front === "HTTP server" ? { server: http, ...options } : options);
    if (front === "handed sockets") http.on("upgrade", engine.handleUpgrade.bind(engine));
    const server = new TestServer(engine, http);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    const address = this.#http === undefined ? this.engine.address() : this.#http.address();
    return (address as AddressInfo).port;
  }

  /** The next connection to open. */
  nextConnection(): Promise<Observed> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close({ graceMs: 0 });
    if (this.#http === undefined) return;
    const closed = new Promise((resolve) => this.#http!.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }
}

/** What is no WebSocket handshake reaches the http server's own handler. */
function refuse(_request: unknown, response: { writeHead(status: number): { end(): void } }): void {
  response.writeHead(404).end();
}
