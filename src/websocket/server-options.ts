import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { TlsOptions } from "node:tls";
import { areSubprotocols, type HeaderMap, type Origins } from "../protocol/index.ts";
import { type ConnectionOptions, readConnectionOptions } from "./connection-options.ts";
import { websocketLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { checkLimits, requireOption } from "./option-checks.ts";

/** What a client asked for, as `verifyClient`, `origins`, `handleProtocols` and the `connection` event see it. */
export interface UpgradeRequest {
  readonly method: "GET";
  /** The request target: path and query. */
  readonly url: string;
  /** By lower-case names; repeated headers are joined by ", ". */
  readonly headers: HeaderMap;
  /** The transport's other end: behind a proxy, the proxy. */
  readonly remoteAddress: string;
  /** Whether the transport is TLS. */
  readonly encrypted: boolean;
  /** Node's request, where the server is attached to an HTTP server or was handed the socket. */
  readonly incoming?: IncomingMessage | undefined;
}

/** Why `verifyClient` refuses: an HTTP status from 300 to 599 and a sentence for the response's body. */
export interface ClientRefusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Options of `WebSocketServer`. Those that `ws` has under the same meaning have its names. */
export interface WebSocketServerOptions extends ConnectionOptions {
  /** Listen on this port; 0 takes a free one. Without `port` and `server`, only `handleUpgrade` makes connections. */
  port?: number;
  /** The address to listen on. Default: all of them, as for `net.Server`. */
  host?: string;
  /** Connections that the operating system queues. Default: Node's. */
  backlog?: number;
  /** Listen with TLS: options of `tls.createServer`, such as `cert` and `key`. */
  tls?: TlsOptions;
  /** Take the upgrades of this HTTP(S) server. Several engines share one by `path`. */
  server?: HttpServer | HttpsServer;
  /** Take only this path (exactly, without its query). Default: every path. */
  path?: string;
  /**
   * Which browsers may connect, by the Origin of their page. Default: those of the server's own origin, by the Host header.
   * A list is exact: it also names the server's own, which keeps out a name that was rebound to its address. "*" is every
   * page, a function decides. A request without an Origin is not a browser's and passes. Others are refused with 403.
   */
  origins?: Origins<UpgradeRequest>;
  /** The subprotocols spoken here, or a function that chooses one of those offered. Default: none is chosen. */
  handleProtocols?: readonly string[] | ((protocols: Set<string>, request: UpgradeRequest) => string | false);
  /** Decides about a client before the handshake is answered. `false` is 401. */
  verifyClient?: (request: UpgradeRequest) => boolean | ClientRefusal | Promise<boolean | ClientRefusal>;
  /** Milliseconds for a handshake: 408. Default: 10,000. On an HTTP server `headersTimeout` holds before the upgrade. */
  handshakeTimeout?: number;
  /** Connections and handshakes at once: 503. Default: 100,000. */
  connectionsMax?: number;
  /** Topics per connection. Default: 1000. */
  topicsMax?: number;
  /** A peer silent for this many milliseconds is pinged, and gone after as many again; 0 is off. Default: 30,000. */
  heartbeatIntervalMs?: number;
  /** Where warnings go. Default: `console`. */
  log?: Log;
}

/** The options with their defaults. */
export type ServerSettings = ReturnType<typeof readServerOptions>;

/** Checks the options and fills in the defaults. Throws TypeError or RangeError naming the option. */
export function readServerOptions(options: WebSocketServerOptions) {
  checkPlace(options);
  checkPolicy(options);
  return {
    path: options.path,
    log: options.log ?? console,
    ...readConnectionOptions(options, "server"),
    ...checkLimits(options, {
      handshakeTimeout: websocketLimits.handshakeTimeout,
      connectionsMax: websocketLimits.connectionsMax,
      topicsMax: websocketLimits.topicsMax,
      heartbeatIntervalMs: websocketLimits.heartbeatIntervalMs,
    }),
  };
}

/** Where connections come from. */
function checkPlace({ port, host, backlog, tls, server, path }: Unchecked): void {
  if (port !== undefined && server !== undefined) {
    throw new TypeError("Give either port, to listen, or server, to attach to one; both were given");
  }
  if (port !== undefined) {
    requireOption("port", port, { is: typeof port === "number", allowed: "a number" });
    const number = port as number;
    const isPort = Number.isInteger(number) && number >= 0 && number <= 65_535;
    if (!isPort) throw new RangeError(`port is ${number}; it is a whole number from 0 to 65535`);
  }
  requireOption("host", host, { is: isAbsentOr("string", host), allowed: "a name or an address" });
  const isBacklog = backlog === undefined || (Number.isInteger(backlog) && (backlog as number) > 0);
  requireOption("backlog", backlog, { is: isBacklog, allowed: "a whole number from 1" });
  requireOption("tls", tls, { is: isAbsentOr("object", tls), allowed: "an object of TLS options" });
  const isServer = server === undefined || hasFunction("on", server);
  requireOption("server", server, { is: isServer, allowed: "an http.Server or https.Server" });
  const isPath =
    path === undefined || (typeof path === "string" && path.startsWith("/") && !/[?#]/.test(path));
  requireOption("path", path, { is: isPath, allowed: 'text that begins with "/" and has no "?" and no "#"' });
}

/** Who decides about them, and what for. */
function checkPolicy({ handleProtocols, verifyClient, log }: Unchecked): void {
  const isProtocols =
    isAbsentOr("function", handleProtocols) ||
    (Array.isArray(handleProtocols) && areSubprotocols(handleProtocols as string[]));
  const protocols = "a function, or a list of different subprotocols (RFC 6455 §4.1: tokens)";
  requireOption("handleProtocols", handleProtocols, { is: isProtocols, allowed: protocols });
  requireOption("verifyClient", verifyClient, {
    is: isAbsentOr("function", verifyClient),
    allowed: "a function",
  });
  const isLog = log === undefined || hasFunction("warn", log);
  requireOption("log", log, { is: isLog, allowed: "an object with a function warn" });
}

/** The options as they may come from JavaScript. */
type Unchecked = Readonly<Partial<Record<keyof WebSocketServerOptions, unknown>>>;

function isAbsentOr(type: "string" | "object" | "function", given: unknown): boolean {
  return given === undefined || (typeof given === type && given !== null);
}

function hasFunction(name: string, given: unknown): boolean {
  return typeof (given as Record<string, unknown> | null)?.[name] === "function";
}
