import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  dispatch,
  ErrorEvent,
  type EventHandler,
  hasListener,
  SocketEvent,
  SocketEventTarget,
} from "../interface/index.ts";
import {
  HandshakeError,
  headerMapFromRaw,
  isPromised,
  type Refusal,
  type RequestHead,
} from "../protocol/index.ts";
import {
  acceptConnection,
  type ConnectionDetails,
  connectionPlaces,
  engineOf,
  type WebSocketConnection,
} from "./connection.ts";
import { DeflateCodecs } from "./deflate-codecs.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HttpUpgrades, type UpgradeClaim } from "./http-upgrades.ts";
import { websocketLimits } from "./limits.ts";
import { ownString } from "./own-string.ts";
import { type HandshakeOwner, handshakePlaces, PendingHandshake } from "./pending-handshake.ts";
import { Roster } from "./roster.ts";
import {
  readServerOptions,
  type ServerSettings,
  type UpgradeRequest,
  type WebSocketServerOptions,
} from "./server-options.ts";
import { Topics } from "./topics.ts";
import { type Admission, describeRequest, refusalFor, UpgradePolicy } from "./upgrade.ts";
import { UpgradeListener } from "./upgrade-listener.ts";

/** A connection was opened: `socket` is its other end, `request` the handshake that opened it. */
export class ConnectionEvent extends SocketEvent {
  readonly socket: WebSocketConnection;
  readonly request: UpgradeRequest;

  constructor(server: WebSocketServer, opened: { socket: WebSocketConnection; request: UpgradeRequest }) {
    super("connection", server);
    this.socket = opened.socket;
    this.request = opened.request;
  }
}

/** The events of a server by their names. */
export interface ServerEventMap {
  /** The port is bound. */
  listening: SocketEvent;
  connection: ConnectionEvent;
  /** The port could not be bound: `error` is Node's. */
  error: ErrorEvent;
  /** `close()` has finished. */
  close: SocketEvent;
}

export interface CloseOptions {
  /** Milliseconds that connections have to finish their closing handshake before they are cut. Default: 5000. */
  graceMs?: number;
}

/** What has come on a transport: the head of a request, what followed it, and Node's request, where there is one. */
interface Arrived {
  readonly head: RequestHead;
  readonly rest: Buffer;
  readonly incoming?: IncomingMessage;
}

const defaultGraceMs = 5000;
const stopping = { status: 503, message: "This server is stopping.", headers: { "Retry-After": "5" } };

/**
 * A WebSocket server: RFC 6455 and, if asked for, RFC 7692. It listens by itself (`port`), takes the upgrades of an
 * HTTP server (`server`, `path`), or is handed sockets (`handleUpgrade`).
 *
 * Nothing is delivered before the `connection` handler has returned or, if it returned a promise, that has resolved or
 * the handler has begun to iterate or called `ready()`.
 *
 * @throws {TypeError | RangeError} from the constructor, for an option that is not what it should be.
 */
export class WebSocketServer extends SocketEventTarget<ServerEventMap> {
  /** Resolves when the port is bound, at once where there is none. Rejects with Node's error, such as EADDRINUSE. */
  readonly listening: Promise<void>;

  readonly #settings: ServerSettings;
  readonly #policy: UpgradePolicy;
  readonly #engineOptions: EngineOptions;
  readonly #codecs: DeflateCodecs | undefined;
  readonly #topics: Topics;
  readonly #heartbeat: Heartbeat;
  readonly #listener: UpgradeListener | undefined;
  readonly #httpServer: WebSocketServerOptions["server"];
  readonly #claim: UpgradeClaim | undefined;
  readonly #clients = new Roster(connectionPlaces);
  readonly #handshakes = new Roster(handshakePlaces);
  readonly #handshakeOwner: HandshakeOwner;
  /** Of the last connection: most call the same address and agree on the same. */
  #details: ConnectionDetails = { url: "", protocol: "", extensions: "" };
  #closing: Promise<void> | undefined;
  #whenEmpty: (() => void) | undefined;

  constructor(options: WebSocketServerOptions = {}) {
    super();
    const settings = readServerOptions(options);
    this.#settings = settings;
    this.#policy = new UpgradePolicy(settings, options);
    this.#engineOptions = { ...settings, role: "server", onGone: (engine) => this.#forget(engine) };
    this.#codecs = settings.deflate === undefined ? undefined : new DeflateCodecs("server", settings.deflate);
    this.#topics = new Topics(settings);
    this.#handshakeOwner = {
      handshakeTimeout: settings.handshakeTimeout,
      upgrade: (handshake, head, rest) => this.#upgrade(handshake, { head, rest }),
      finish: (handshake) => this.#handshakes.delete(handshake),
    };
    this.#httpServer = options.server;
    if (options.server !== undefined) {
      this.#claim = { path: options.path, upgrade: (...upgrade) => this.handleUpgrade(...upgrade) };
      HttpUpgrades.of(options.server).add(this.#claim);
    }
    if (options.port === undefined) {
      this.listening = Promise.resolve();
    } else {
      const { port, host, backlog, tls } = options;
      this.#listener = new UpgradeListener({ ...settings, port, host, backlog, tls }, this.#listenerOwner());
      this.listening = this.#listen(this.#listener);
    }
    // Last, as none of what throws before may leave a timer behind.
    this.#heartbeat = new Heartbeat(settings.heartbeatIntervalMs, this.#clients);
  }

  /** The connections whose transport is there, as they come and go. */
  get clients(): ReadonlySet<WebSocketConnection> {
    return this.#clients.view;
  }

  /** Where the server listens; null before it does, and without a listener. */
  address(): AddressInfo | string | null {
    return this.#listener?.address() ?? this.#httpServer?.address() ?? null;
  }

  /**
   * Answers an upgrade that an HTTP server received, for those who route upgrades themselves. The socket is this
   * server's from then on, whether or not the handshake succeeds.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const handshake = this.#begin(socket);
    if (handshake === undefined) return;
    try {
      const { method = "", url: target = "/", httpVersion } = request;
      const headers = headerMapFromRaw(request.rawHeaders, this.#settings);
      // The HTTP server's idle timeout is not for connections that may be silent.
      (socket as Partial<Socket>).setTimeout?.(0);
      this.#upgrade(handshake, {
        head: { method, target, httpVersion, headers },
        rest: head,
        incoming: request,
      });
    } catch (error) {
      handshake.refuse(refusalFor(error));
    }
  }

  /** Sends a message to all subscribers of the topic and returns how many they are. Framed and compressed once. */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number {
    return this.#topics.publish(topic, data);
  }

  /**
   * Accepts no more connections, closes the open ones with 1001, and cuts what is left after `graceMs`. Resolves when
   * all are gone and the port is free. An HTTP server that this one is attached to stays open.
   */
  close({ graceMs = defaultGraceMs }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get onconnection(): EventHandler<ConnectionEvent> {
    return this.getAttribute("connection");
  }

  set onconnection(handler: EventHandler<ConnectionEvent>) {
    this.setAttribute("connection", handler);
  }

  get onlistening(): EventHandler<SocketEvent> {
    return this.getAttribute("listening");
  }

  set onlistening(handler: EventHandler<SocketEvent>) {
    this.setAttribute("listening", handler);
  }

  get onerror(): EventHandler<ErrorEvent> {
    return this.getAttribute("error");
  }

  set onerror(handler: EventHandler<ErrorEvent>) {
    this.setAttribute("error", handler);
  }

  get onclose(): EventHandler<SocketEvent> {
    return this.getAttribute("close");
  }

  set onclose(handler: EventHandler<SocketEvent>) {
    this.setAttribute("close", handler);
  }

  protected override reportListenerError(error: unknown, event: Event | SocketEvent): void {
    const engine = event instanceof ConnectionEvent ? engineOf(event.socket) : undefined;
    if (engine !== undefined) engine.handleListenerError(error, event.type);
    else this.#settings.log.warn(`A "${event.type}" listener of a WebSocketServer failed: ${String(error)}`);
  }

  #listenerOwner() {
    return {
      begin: (transport: Duplex) => this.#begin(transport),
      handleError: (error: Error) => this.#handleError(error),
    };
  }

  async #listen(listener: UpgradeListener): Promise<void> {
    try {
      await listener.listen();
    } catch (error) {
      this.#heartbeat.stop();
      // Whoever listens has been told; without a listener the rejection must not go unseen.
      if (!hasListener(this, "error")) throw error;
      this.listening.catch(() => {});
      this.#raise(new ErrorEvent(this, error));
      throw error;
    }
    this.#raise(new SocketEvent("listening", this));
  }

  #handleError(error: Error): void {
    if (hasListener(this, "error")) this.#raise(new ErrorEvent(this, error));
    else this.#settings.log.warn(`The listener of a WebSocketServer failed: ${String(error)}`);
  }

  /** What a listener's promise is rejected with is reported as what it throws. */
  #raise(event: SocketEvent): void {
    dispatch(this, event)?.then(undefined, (error: unknown) => this.reportListenerError(error, event));
  }

  #begin(transport: Duplex): PendingHandshake | undefined {
    const { connectionsMax } = this.#settings;
    const securing = this.#listener?.securing ?? 0;
    const isFull = this.#clients.size + this.#handshakes.size + securing >= connectionsMax;
    const handshake = new PendingHandshake(transport, this.#handshakeOwner);
    if (!isFull && this.#closing === undefined) {
      this.#handshakes.add(handshake);
      return handshake;
    }
    const message = `This server has ${connectionsMax} connections, its limit.`;
    handshake.refuse(isFull ? { ...stopping, message } : stopping);
    return undefined;
  }

  #upgrade(handshake: PendingHandshake, { head, rest, incoming }: Arrived): void {
    const { transport } = handshake;
    try {
      const request = describeRequest(head, transport, incoming);
      const admission = this.#policy.admit({ head, request });
      if (!isPromised(admission)) {
        this.#answer(handshake, { rest, request }, admission);
        return;
      }
      // What follows is for the connection to read, if there will be one.
      transport.pause();
      admission
        .then((decided) => this.#answer(handshake, { rest, request }, decided))
        .catch((error: unknown) => this.#fail(handshake, error));
    } catch (error) {
      this.#fail(handshake, error);
    }
  }

  #answer(
    handshake: PendingHandshake,
    { rest, request }: { rest: Buffer; request: UpgradeRequest },
    admission: Admission | Refusal,
  ): void {
    if (!handshake.isOpen) return;
    if ("status" in admission) handshake.refuse(admission);
    else if (this.#closing !== undefined) handshake.refuse(stopping);
    else {
      handshake.finish();
      this.#open({ transport: handshake.transport, rest, request }, admission);
    }
  }

  #fail(handshake: PendingHandshake, error: unknown): void {
    // A mistake of the application's may be behind a refusal; the peer's are of no interest.
    const isRefusal = error instanceof HandshakeError;
    const mistake: unknown = isRefusal ? error.cause : error;
    if (!isRefusal || mistake !== undefined)
      this.#settings.log.warn(`A handshake failed: ${String(mistake)}`);
    handshake.refuse(refusalFor(error));
  }

  #open(arrived: { transport: Duplex; rest: Buffer; request: UpgradeRequest }, admission: Admission): void {
    const { transport, rest, request } = arrived;
    const { offer, protocol, extensions, deflate } = admission;
    const url = `${request.encrypted ? "wss" : "ws"}://${offer.host}${offer.target}`;
    const details = this.#share({ url, protocol, extensions });
    const inflater = deflate && this.#codecs?.inflaterFor(deflate);
    const deflater = deflate && this.#codecs?.deflaterFor(deflate);
    const { socket, engine } = acceptConnection(details, this.#engineOptions, {
      transport,
      inflater,
      deflater,
    });
    this.#clients.add(socket);
    transport.write(admission.response, "latin1");
    engine.inbox.hold();
    const pending = dispatch(this, new ConnectionEvent(this, { socket, request }));
    if (pending === undefined) engine.inbox.release();
    else this.#awaitHandler(pending, engine);
    engine.start(rest);
    // The end of what the peer sends may have come while its handshake was decided about; nobody is told again.
    if (transport.readableEnded) engine.handleTransportEnd();
  }

  /** The details of the last connection, if they are the same; in memory of their own if not. */
  #share({ url, protocol, extensions }: ConnectionDetails): ConnectionDetails {
    const last = this.#details;
    if (url !== last.url || protocol !== last.protocol || extensions !== last.extensions) {
      const own = { url: ownString(url), protocol: ownString(protocol), extensions };
      this.#details = { ...own, topics: this.#topics };
    }
    return this.#details;
  }

  #awaitHandler(pending: PromiseLike<unknown>, engine: Engine): void {
    const ms = websocketLimits.connectionHandlerMs.default;
    const warning = setTimeout(() => {
      if (!engine.inbox.isHeld || engine.isGone) return;
      const name = this.onconnection?.name || "connection handler";
      this.#settings.log.warn(
        `${name} has held back a connection's messages for ${ms} ms: it has not resolved, iterated, or called ready()`,
      );
    }, ms);
    warning.unref();
    const release = (): void => {
      clearTimeout(warning);
      engine.inbox.release();
    };
    pending.then(release, (error: unknown) => {
      engine.handleListenerError(error, "connection");
      release();
    });
  }

  #forget(engine: Engine): void {
    this.#topics.unsubscribeAll(engine);
    this.#clients.delete(engine.face as WebSocketConnection);
    if (this.#clients.size === 0) this.#whenEmpty?.();
  }

  async #close(graceMs: number): Promise<void> {
    await this.listening.catch(() => {});
    const listenerClosed = this.#listener?.close();
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const socket of this.#clients) socket.close(1001, "The server is stopping");
    const deadline = setTimeout(() => this.#cutAll(), graceMs);
    if (this.#clients.size > 0) await emptied;
    this.#cutAll();
    clearTimeout(deadline);
    await listenerClosed;
    this.#heartbeat.stop();
    if (this.#claim !== undefined && this.#httpServer !== undefined) {
      HttpUpgrades.of(this.#httpServer).remove(this.#claim);
    }
    this.#raise(new SocketEvent("close", this));
  }

  #cutAll(): void {
    for (const socket of this.#clients) socket.terminate();
    for (const { transport } of this.#handshakes) transport.destroy();
    this.#listener?.cutSecuring();
  }
}
