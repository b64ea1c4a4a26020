import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  dispatch,
  type EventHandler,
  type SessionConnection,
  type SocketEvent,
  SocketEventTarget,
} from "../interface/index.ts";
import type { SessionDirectory } from "../session/index.ts";
import type { WebSocketServerOptions } from "../websocket/index.ts";
import { Authentication, type AuthenticationOptions } from "./authentication.ts";
import { type ClientScript, clientScripts } from "./client-script.ts";
import { ConnectionEvent } from "./connection-event.ts";
import { type Endpoint, type EndpointHandler, type EndpointOptions, MountableEndpoint } from "./endpoint.ts";
import { ServerError } from "./errors.ts";
import { failSession } from "./fail-session.ts";
import { closeHttpServer, hardenedHttpServer, listen, type ServerTls } from "./http-server.ts";
import { serverLimits } from "./limits.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { claimRequests } from "./request-claims.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { SessionEndpoint } from "./session-endpoint.ts";
import {
  readSessionSettings,
  type SessionSettings,
  type SessionSettingsOptions,
} from "./session-settings.ts";
import { type StaticFiles, staticFiles } from "./static-files.ts";

export interface ServerOptions<User = unknown> extends AuthenticationOptions<User> {
  /** Serves HTTPS and `wss:` instead of HTTP and `ws:`. */
  readonly tls?: ServerTls;
  /** A folder whose files are served at `/`. */
  readonly static?: string;
  /** Where sessions are, as soon as there is {@link Server.onconnection}, and their client script; `/ropeway` if absent. */
  readonly path?: string;
  /** What sessions may cost. */
  readonly sessions?: SessionSettingsOptions;
  /** The application's subprotocols at `path`, or a function that chooses of those offered; none if absent. */
  readonly handleProtocols?: WebSocketServerOptions["handleProtocols"];
  /** Where it is known which server has which session; in memory if absent. */
  readonly directory?: SessionDirectory;
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

/** The events of a server by their names. */
export interface ApplicationEventMap<User> {
  connection: ConnectionEvent<User>;
}

const noSessions: ReadonlySet<SessionConnection> = new Set();

/** The path of the health check, which no endpoint can have. */
const healthPath = "/healthz";

/**
 * The host of everything: an HTTP or HTTPS server with a health check at `/healthz`, static files, sessions at
 * `/ropeway` and plain WebSocket endpoints by path. It either listens by itself or is attached to an HTTP server of yours, once.
 */
export class Server<User = unknown> extends SocketEventTarget<ApplicationEventMap<User>> {
  readonly #options: ServerOptions<User>;
  readonly #log: Logger;
  readonly #staticFiles: StaticFiles | null;
  readonly #endpoints = new Map<string, MountableEndpoint | SessionEndpoint<User>>();
  readonly #path: string;
  readonly #settings: SessionSettings;
  readonly #clientScripts = clientScripts();
  #sessionEndpoint: SessionEndpoint<User> | null = null;
  #state: "new" | "starting" | "running" | "closing" = "new";
  #httpServer: HttpServer | HttpsServer | null = null;
  #isOwnHttpServer = false;
  #endClaim: (() => void) | null = null;
  #startedAt = 0;
  #closed: Promise<void> | null = null;

  constructor(options: ServerOptions<User> = {}) {
    super();
    this.#options = options;
    this.#log = options.log ?? silentLogger;
    this.#staticFiles = options.static === undefined ? null : staticFiles(options.static);
    this.#path = options.path ?? "/ropeway";
    this.#checkPath(this.#path);
    checkFunctions(options);
    this.#settings = readSessionSettings(options.sessions);
    for (const [path, endpoint] of Object.entries(options.endpoints ?? {})) this.endpoint(path, endpoint);
    if (options.authenticate !== undefined) this.#openSessions();
  }

  /**
   * The handler of connections at the server's `path`, which takes none before there is one. Messages wait until it has
   * returned or, if it returned a promise, that has resolved or the handler has begun to iterate or called `ready()`. One
   * that throws or rejects ends its connection: a plain WebSocket with 1011, a session with 3505.
   */
  get onconnection(): EventHandler<ConnectionEvent<User>> {
    return this.getAttribute("connection");
  }

  set onconnection(handler: EventHandler<ConnectionEvent<User>>) {
    this.setAttribute("connection", handler);
  }

  /** The open sessions, those without a link among them. */
  get sessions(): ReadonlySet<SessionConnection> {
    return this.#sessionEndpoint?.sessions ?? noSessions;
  }

  /**
   * Takes WebSocket connections at a path. Throws `TypeError` if the path does not begin with `/`, has a query, or is
   * taken.
   */
  endpoint(path: string, handler: EndpointHandler | EndpointOptions): Endpoint {
    this.#checkPath(path);
    const { onconnection, ...own } = typeof handler === "function" ? { onconnection: handler } : handler;
    const endpoint = new MountableEndpoint(path, onconnection, {
      origins: this.#options.origins,
      log: this.#log,
      ...own,
    });
    this.#add(endpoint);
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
   * Takes the WebSocket connections of an HTTP server of yours at the endpoints' paths, and requests for the client
   * script. All its other requests, `/healthz` and files among them, remain yours, and so does closing it.
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
   * connections end after their request. Sessions end when everything sent both ways is handled, without a gap, and may
   * change their links until then. What is left after `graceMs` is destroyed; a session that is, suspended ones among
   * them, gets its `gap`. Resolves when all is closed; a second call returns the first one's promise.
   */
  close({ graceMs = serverLimits.graceMs.default }: { graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#drain(graceMs);
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ graceMs: 0 });
  }

  protected override listenerAdded(type: string): void {
    if (type === "connection" && this.#sessionEndpoint === null) this.#openSessions();
  }

  protected override reportListenerError(error: unknown, event: Event | SocketEvent): void {
    const session = event instanceof ConnectionEvent ? event.session : null;
    // A plain WebSocket's engine does what is to be done.
    if (session === null) throw error;
    failSession(session, error, this.#log);
  }

  #checkPath(path: string): void {
    if (!/^\/[^?#]*$/.test(path))
      throw new TypeError(`Endpoint path is ${JSON.stringify(path)}; it begins with / and has no ? or #`);
    if (path === healthPath) throw new TypeError(`Endpoint path ${path} is that of the health check`);
    if (this.#endpoints.has(path)) throw new TypeError(`Endpoint path ${path} is taken by another endpoint`);
    if (this.#state === "closing") throw new TypeError(`Endpoint path ${path} comes after close()`);
  }

  #add(endpoint: MountableEndpoint | SessionEndpoint<User>): void {
    this.#endpoints.set(endpoint.path, endpoint);
    if (this.#httpServer !== null) endpoint.mount(this.#httpServer);
  }

  #openSessions(): void {
    this.#checkPath(this.#path);
    const { authenticate, userKey, origins, handleProtocols, directory } = this.#options;
    this.#sessionEndpoint = new SessionEndpoint(this.#path, {
      settings: this.#settings,
      authentication: new Authentication({ authenticate, userKey }, this.#log),
      origins,
      handleProtocols,
      directory,
      log: this.#log,
      onConnection: (opened) => dispatch(this, new ConnectionEvent<User>(this, opened)),
    });
    this.#add(this.#sessionEndpoint);
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
    if (!isOwn) this.#endClaim = this.#claimScripts(httpServer);
    this.#state = "running";
  }

  #claimScripts(httpServer: HttpServer | HttpsServer): () => void {
    const asksForScript = (request: IncomingMessage): boolean => this.#scriptFor(request) !== undefined;
    return claimRequests(httpServer, asksForScript, (request, response) => {
      this.#scriptFor(request)!
        .answer(request, response)
        .catch((error: unknown) => this.#fail(response, error));
    });
  }

  #scriptFor({ method, url = "" }: IncomingMessage): ClientScript | undefined {
    if (this.#sessionEndpoint === null || (method !== "GET" && method !== "HEAD")) return undefined;
    const path = pathOf(url);
    return path.startsWith(this.#path) ? this.#clientScripts.get(path.slice(this.#path.length)) : undefined;
  }

  async #drain(graceMs: number): Promise<void> {
    this.#state = "closing";
    const endsAt = performance.now() + graceMs;
    const closing = Array.from(this.#endpoints.values(), (endpoint) => endpoint.close(graceMs));
    // A session that is being drained may lose its link, and needs another one to end without a gap.
    await this.#sessionEndpoint?.drained;
    this.#endClaim?.();
    if (this.#httpServer !== null && this.#isOwnHttpServer)
      closing.push(closeHttpServer(this.#httpServer, Math.max(endsAt - performance.now(), 0)));
    await Promise.all(closing);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    setSecurityHeaders(request, response);
    if (this.#state === "closing") response.setHeader("Connection", "close");
    response.once("close", this.#closeIdleConnection);
    this.#route(request, response).catch((error: unknown) => this.#fail(response, error));
  }

  #fail(response: ServerResponse, error: unknown): void {
    this.#log.error(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
    if (response.headersSent) response.destroy();
    else answerText(response, 500, "The server failed to answer this request.");
  }

  /** Node closes idle connections when its server closes; one that becomes idle later is ours to close. */
  readonly #closeIdleConnection = (): void => {
    if (this.#state === "closing") setImmediate(() => this.#httpServer?.closeIdleConnections());
  };

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? "");
    if (request.method !== "GET" && request.method !== "HEAD") {
      // The body that may follow is not read, so the connection ends with the answer.
      response.setHeader("Connection", "close").setHeader("Allow", "GET, HEAD");
      return answerText(response, 405, "Only GET and HEAD are answered here.");
    }
    if (path === healthPath) return this.#answerHealth(response);
    const script = this.#scriptFor(request);
    if (script !== undefined) return await script.answer(request, response);
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
    const connections = Array.from(this.#endpoints.values(), ({ connectionCount }) => connectionCount);
    const health = {
      status: isClosing ? "closing" : "ok",
      uptimeSeconds: Math.round(performance.now() - this.#startedAt) / 1000,
      connections: connections.reduce((sum, count) => sum + count, 0),
      sessions: this.sessions.size,
    };
    response.setHeader("Content-Type", "application/json").setHeader("Cache-Control", "no-store");
    response.writeHead(isClosing ? 503 : 200).end(`${JSON.stringify(health)}\n`);
  }
}

/** The application server: see {@link Server}. Throws `TypeError` or `RangeError` for options that cannot be. */
export function createServer<User = unknown>(options?: ServerOptions<User>): Server<User> {
  return new Server(options);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? "";
}

/** What JavaScript may give instead of functions must not be found at the first connection only. */
function checkFunctions<User>(options: AuthenticationOptions<User>): void {
  for (const name of ["authenticate", "userKey"] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== "function")
      throw new TypeError(
        `Option ${name} is ${given === null ? "null" : `a ${typeof given}`}; it is a function`,
      );
  }
}
