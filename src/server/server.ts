import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { WebSocketServerOptions } from "../websocket/index.ts";
import { type Endpoint, type EndpointHandler, type EndpointOptions, MountableEndpoint } from "./endpoint.ts";
import { ServerError } from "./errors.ts";
import { closeHttpServer, hardenedHttpServer, listen, type ServerTls } from "./http-server.ts";
import { serverLimits } from "./limits.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { type StaticFiles, staticFiles } from "./static-files.ts";

export interface ServerOptions {
  /** Serves HTTPS and `wss:` instead of HTTP and `ws:`. */
  readonly tls?: ServerTls;
  /** A folder whose files are served at `/`. */
  readonly static?: string;
  /** Where {@link Server.onconnection} takes connections; `/ropeway` if absent. */
  readonly path?: string;
  /**
   * Which browser origins may connect to every endpoint that does not say otherwise: a list of exactly these, `"*"`, or
   * a function; the server's own if absent.
   */
  readonly origins?: WebSocketServerOptions["origins"];
  /** Endpoints by path; more can be added by {@link Server.endpoint}. */
  readonly endpoints?: Readonly<Record<string, EndpointHandler | EndpointOptions>>;
  /** Where warnings go; nowhere if absent. */
  readonly log?: Logger;
}

/** Where a server listens. */
export interface ServerAddress {
  readonly address: string;
  readonly family: string;
  readonly port: number;
  /** `http:` or `https:`, address and port, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** The path of the health check, which no endpoint can have. */
const healthPath = "/healthz";

/**
 * The host of everything: an HTTP or HTTPS server with a health check at `/healthz`, static files, and WebSocket
 * endpoints by path. It either listens by itself or is attached to an HTTP server of yours, once.
 */
export class Server {
  readonly #options: ServerOptions;
  readonly #log: Logger;
  readonly #staticFiles: StaticFiles | null;
  readonly #endpoints = new Map<string, MountableEndpoint>();
  #state: "new" | "starting" | "running" | "closing" = "new";
  #httpServer: HttpServer | HttpsServer | null = null;
  #isOwnHttpServer = false;
  #startedAt = 0;
  #closed: Promise<void> | null = null;
  #onconnection: EndpointHandler | null = null;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
    this.#log = options.log ?? silentLogger;
    this.#staticFiles = options.static === undefined ? null : staticFiles(options.static);
    for (const [path, endpoint] of Object.entries(options.endpoints ?? {})) this.endpoint(path, endpoint);
  }

  /** The handler of connections at the server's `path`. */
  get onconnection(): EndpointHandler | null {
    return this.#onconnection;
  }

  set onconnection(handler: EndpointHandler | null) {
    this.#onconnection = handler;
    const path = this.#options.path ?? "/ropeway";
    if (handler !== null && !this.#endpoints.has(path))
      this.endpoint(path, (event) => this.#onconnection?.(event));
  }

  /**
   * Takes WebSocket connections at a path. Throws `TypeError` if the path does not begin with `/`, has a query, or is
   * taken.
   */
  endpoint(path: string, handler: EndpointHandler | EndpointOptions): Endpoint {
    if (!/^\/[^?#]*$/.test(path))
      throw new TypeError(`Endpoint path is ${JSON.stringify(path)}; it begins with / and has no ? or #`);
    if (path === healthPath) throw new TypeError(`Endpoint path ${path} is that of the health check`);
    if (this.#endpoints.has(path)) throw new TypeError(`Endpoint path ${path} is taken by another endpoint`);
    if (this.#state === "closing") throw new TypeError(`Endpoint path ${path} comes after close()`);
    const { onconnection, ...own } = typeof handler === "function" ? { onconnection: handler } : handler;
    const endpoint = new MountableEndpoint(path, onconnection, {
      origins: this.#options.origins,
      log: this.#log,
      ...own,
    });
    this.#endpoints.set(path, endpoint);
    if (this.#httpServer !== null) endpoint.mount(this.#httpServer);
    return endpoint;
  }

  /**
   * Listens, and resolves with where. Rejects with a `ServerError` that says what to do if the port is in use or the
   * host is not this machine's; another port can be tried then.
   *
   * @param port from 0 to 65535; 0 for any that is free
   * @param host an address or name of this machine; every address if absent
   */
  async listen(port: number, host?: string): Promise<ServerAddress> {
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new RangeError(`port is ${port}; it is a whole number from 0 to 65535`);
    }
    this.#begin("listen");
    try {
      const httpServer = hardenedHttpServer(this.#options.tls, (request, response) =>
        this.#answer(request, response),
      );
      await listen(httpServer, { port, host }, () => this.#run(httpServer, true));
      httpServer.on("error", (error) => this.#log.error(`The HTTP server failed: ${error.message}`));
    } catch (error) {
      if (this.#state === "starting") this.#state = "new";
      throw error;
    }
    const address = this.address();
    if (address === null || this.#state === "closing")
      throw new ServerError("SERVER_CLOSED", { host: host ?? "", port });
    return address;
  }

  /**
   * Takes the WebSocket connections of an HTTP server of yours at the endpoints' paths. Its requests, `/healthz` and
   * files among them, remain yours, and so does closing it.
   */
  attach(httpServer: HttpServer | HttpsServer): void {
    this.#begin("attach");
    this.#run(httpServer, false);
  }

  /** Where the server listens; null before that, and after it has closed. */
  address(): ServerAddress | null {
    const bound = this.#httpServer?.address() as AddressInfo | null | undefined;
    if (!bound) return null;
    const { address, family, port } = bound;
    const scheme = this.#httpServer instanceof HttpsServer ? "https" : "http";
    return {
      address,
      family,
      port,
      url: `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    };
  }

  /**
   * Stops gracefully: `/healthz` answers 503, no connection is taken any more, WebSockets get close code 1001, HTTP
   * connections end after their request. What is left after `graceMs` is destroyed. Resolves when all is closed; a
   * second call returns the first one's promise.
   */
  close({ graceMs = serverLimits.graceMs.default }: { graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#drain(graceMs);
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ graceMs: 0 });
  }

  #begin(method: string): void {
    if (this.#state !== "new")
      throw new TypeError(`${method}() comes after listen(), attach() or close(); a server starts once`);
    this.#state = "starting";
  }

  #run(httpServer: HttpServer | HttpsServer, isOwn: boolean): void {
    this.#httpServer = httpServer;
    this.#isOwnHttpServer = isOwn;
    this.#startedAt = performance.now();
    if (this.#state === "closing") return void httpServer.close();
    for (const endpoint of this.#endpoints.values()) endpoint.mount(httpServer);
    this.#state = "running";
  }

  async #drain(graceMs: number): Promise<void> {
    this.#state = "closing";
    const closing = Array.from(this.#endpoints.values(), (endpoint) => endpoint.close(graceMs));
    if (this.#httpServer !== null && this.#isOwnHttpServer)
      closing.push(closeHttpServer(this.#httpServer, graceMs));
    await Promise.all(closing);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    setSecurityHeaders(request, response);
    if (this.#state === "closing") response.setHeader("Connection", "close");
    response.once("close", this.#closeIdleConnection);
    this.#route(request, response).catch((error: unknown) => {
      this.#log.error(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "The server failed to answer this request.");
    });
  }

  /** Node closes idle connections when its server closes; one that becomes idle later is ours to close. */
  readonly #closeIdleConnection = (): void => {
    if (this.#state === "closing") setImmediate(() => this.#httpServer?.closeIdleConnections());
  };

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (request.method !== "GET" && request.method !== "HEAD") {
      // The body that may follow is not read, so the connection ends with the answer.
      response.setHeader("Connection", "close").setHeader("Allow", "GET, HEAD");
      return answerText(response, 405, "Only GET and HEAD are answered here.");
    }
    if (path === healthPath) return this.#answerHealth(response);
    if (this.#endpoints.has(path)) {
      response.setHeader("Upgrade", "websocket");
      return answerText(
        response,
        426,
        "This is a WebSocket endpoint: connect to it with a WebSocket client.",
      );
    }
    if (this.#staticFiles !== null && (await this.#staticFiles(request, response))) return;
    answerText(response, 404, "There is nothing here.");
  }

  #answerHealth(response: ServerResponse): void {
    const isClosing = this.#state === "closing";
    const connections = Array.from(this.#endpoints.values(), ({ clients }) => clients.size);
    const health = {
      status: isClosing ? "closing" : "ok",
      uptimeSeconds: Math.round(performance.now() - this.#startedAt) / 1000,
      connections: connections.reduce((sum, count) => sum + count, 0),
    };
    response.setHeader("Content-Type", "application/json").setHeader("Cache-Control", "no-store");
    response.writeHead(isClosing ? 503 : 200).end(`${JSON.stringify(health)}\n`);
  }
}

/** The application server: see {@link Server}. Throws `TypeError` for options that cannot be. */
export function createServer(options?: ServerOptions): Server {
  return new Server(options);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
