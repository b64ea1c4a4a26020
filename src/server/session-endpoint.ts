import { randomBytes, randomInt } from "node:crypto";
import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { SessionConnection, SessionFaceOptions } from "../interface/index.ts";
import {
  type Attempt,
  type Opening,
  type RegistryHost,
  type ServerLink,
  type Session,
  type SessionDirectory,
  SessionError,
  SessionRegistry,
  type Verdict,
} from "../session/index.ts";
import {
  type UpgradeRequest,
  type WebSocketConnection,
  WebSocketServer,
  type WebSocketServerOptions,
  websocketLimits,
} from "../websocket/index.ts";
import { ApplicationSession } from "./application-session.ts";
import { type Authentication, AuthenticationFailure } from "./authentication.ts";
import type { OpenedConnection, ServerSocket } from "./connection-event.ts";
import { withTrustedCookies } from "./cookie-guard.ts";
import { DeadlineWheel, type WheelTarget } from "./deadline-wheel.ts";
import { drainSessions } from "./drain-sessions.ts";
import { failSession } from "./fail-session.ts";
import { serverLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { MemoryPressure } from "./memory-pressure.ts";
import { PlainUsers } from "./plain-users.ts";
import { SessionLink, type SessionLinkOwner } from "./session-link.ts";
import type { SessionSettings } from "./session-settings.ts";
import { SessionUpgrades } from "./session-upgrades.ts";

/** What a session endpoint is made of. */
export interface SessionEndpointParts<User> {
  readonly settings: SessionSettings;
  readonly authentication: Authentication<User>;
  readonly origins: WebSocketServerOptions["origins"];
  readonly handleProtocols: WebSocketServerOptions["handleProtocols"];
  readonly directory: SessionDirectory | undefined;
  readonly log: Logger;
  /** Calls the connection handler, and returns what it promised, for which messages wait. */
  readonly onConnection: (opened: OpenedConnection<User>) => PromiseLike<unknown> | undefined;
}

/** The handshake of a link. A request is half of what an idle session holds, so it is let go when the session is open. */
interface LinkRequest {
  upgrade: UpgradeRequest | undefined;
}

const handlerMs = websocketLimits.connectionHandlerMs.default;

/** The path where sessions are: their links, and plain WebSockets beside them, which have the same interface. */
export class SessionEndpoint<User> implements RegistryHost<User, LinkRequest>, SessionLinkOwner {
  readonly path: string;
  readonly #parts: SessionEndpointParts<User>;
  readonly #face: SessionFaceOptions;
  readonly #registry: SessionRegistry<User, LinkRequest>;
  readonly #sessions = new Set<SessionConnection>();
  readonly #wheel: DeadlineWheel;
  readonly #pressure: MemoryPressure;
  readonly #plainUsers: PlainUsers<User>;
  /** By whom the wheel knows a session. */
  readonly #targets = new WeakMap<Session, WheelTarget>();
  #links: SessionUpgrades | undefined;
  #plain: WebSocketServer | undefined;
  #isDraining = false;
  #drained: Promise<void> = Promise.resolve();
  #whenEmpty: (() => void) | undefined;

  constructor(path: string, parts: SessionEndpointParts<User>) {
    const { settings, log, directory, authentication } = parts;
    this.path = path;
    this.#parts = parts;
    this.#wheel = new DeadlineWheel((error) => log.error(`A session failed: ${describe(error)}`));
    this.#plainUsers = new PlainUsers(authentication);
    this.#face = this.#faceOptions();
    const { sessionsMax, sessionsPerUserMax, suspendedMsMax, openTimeoutMs } = settings;
    const limits = { sessionsMax, sessionsPerUserMax, suspendedMsMax, openTimeoutMs };
    const retryAfterMs = () => randomInt(settings.retryAfterMsMax + 1);
    const options = { ...settings.session, ...limits, retryAfterMs };
    this.#registry = new SessionRegistry(directory === undefined ? options : { ...options, directory }, this);
    const { heldBytesMax } = settings;
    this.#pressure = new MemoryPressure({
      heldBytesMax,
      window: settings.session.window,
      holders: () => Array.from(this.#registry.sessions(), ({ session }) => session),
      wakeIn: (delayMs) => this.#wheel.wakeAt(this.#pressure, this.now() + delayMs),
    });
    // An engine without a server does nothing; its constructor throws for a wrong option here and not in `listen`.
    void new WebSocketServer(this.#plainOptions).close();
  }

  /** Sessions, whether or not they have a link, and plain WebSockets. */
  get connectionCount(): number {
    return this.#sessions.size + (this.#plain?.clients.size ?? 0);
  }

  get sessions(): ReadonlySet<SessionConnection> {
    return this.#sessions;
  }

  /** Resolves when all sessions have ended after `close`. */
  get drained(): Promise<void> {
    return this.#drained;
  }

  mount(httpServer: HttpServer | HttpsServer): void {
    this.#plain = new WebSocketServer(this.#plainOptions);
    this.#plain.onconnection = ({ socket, request }) => {
      const { trusted, user } = this.#plainUsers.take(request);
      return this.#parts.onConnection({ socket, session: null, request: trusted, user });
    };
    const { sessionsMax } = this.#parts.settings;
    const options = {
      ...this.#engineOptions,
      server: httpServer,
      path: this.path,
      maxPayload: serverLimits.linkPayloadBytesMax.default,
      // A session that moves has two links for a moment.
      connectionsMax: 2 * sessionsMax,
    };
    this.#links = new SessionUpgrades(options, this.#plain);
    this.#links.onconnection = ({ socket, request }) => this.#acceptLink(socket, request);
  }

  /**
   * Closes plain WebSockets with 1001, and drains the sessions, which may still change their links. What is left after
   * `graceMs` is ended.
   */
  async close(graceMs: number): Promise<void> {
    const endsAt = this.now() + graceMs;
    this.#isDraining = true;
    const plainClosed = this.#plain?.close({ graceMs });
    this.#drained = this.#drain(graceMs);
    await this.#drained;
    await Promise.all([plainClosed, this.#links?.close({ graceMs: Math.max(endsAt - this.now(), 0) })]);
    this.#wheel.stop();
  }

  async #drain(graceMs: number): Promise<void> {
    if (this.#sessions.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    const deadline = setTimeout(() => this.#whenEmpty?.(), graceMs);
    const { retryAfterMsMax } = this.#parts.settings;
    void drainSessions([...this.#registry.sessions()], {
      withinMs: graceMs / 2,
      retryAfterMs: () => randomInt(retryAfterMsMax + 1),
    });
    await emptied;
    clearTimeout(deadline);
    this.#registry.endAll();
  }

  #acceptLink(socket: WebSocketConnection, request: UpgradeRequest): void {
    const link = new SessionLink(socket, this);
    link.start(this.#registry.acceptLink(link, { upgrade: withTrustedCookies(request) }));
  }

  // SessionLinkOwner

  noteReceived(bytes: number): void {
    this.#pressure.noteReceived(bytes);
  }

  linkEnded(machine: ServerLink): void {
    this.#wheel.forget(machine);
  }

  // RegistryHost

  now(): number {
    return performance.now();
  }

  randomText(): string {
    return randomBytes(16).toString("base64url");
  }

  wakeAt(target: WheelTarget, timeMs: number): void {
    const { session } = target as { session?: Session };
    if (session !== undefined) this.#targets.set(session, target);
    this.#wheel.wakeAt(target, timeMs);
  }

  async authenticate({ request, token, isResume }: Attempt<LinkRequest>): Promise<Verdict<User>> {
    if (this.#isDraining && !isResume) throw new SessionError("SESSION_GOING_AWAY");
    return await this.#parts.authentication.decide({ request: request.upgrade!, token, isResume });
  }

  onRefused(error: SessionError): void {
    const { cause } = error;
    if (cause === undefined || cause instanceof AuthenticationFailure) return;
    this.#parts.log.error(`A session could not be opened: ${describe(cause)}`);
  }

  selectProtocol(offered: readonly string[], request: LinkRequest): string {
    const { handleProtocols } = this.#parts;
    if (handleProtocols === undefined || offered.length === 0) return "";
    if (typeof handleProtocols !== "function")
      return offered.find((protocol) => handleProtocols.includes(protocol)) ?? "";
    const chosen: unknown = handleProtocols(new Set(offered), request.upgrade!);
    if (chosen === false) return "";
    if (typeof chosen === "string" && offered.includes(chosen)) return chosen;
    throw new TypeError(`handleProtocols returned ${String(chosen)}, which the client did not offer`);
  }

  onSession(opening: Opening<User, LinkRequest>): void {
    // Its user was asked about before the server began to close.
    if (this.#isDraining) throw new SessionError("SESSION_GOING_AWAY");
    const { protocol } = opening;
    const request = opening.request.upgrade!;
    opening.request.upgrade = undefined;
    const url = `${request.encrypted ? "wss" : "ws"}://${request.headers.get("host") ?? ""}${request.url}`;
    const create = opening.create.bind(opening);
    const session = new ApplicationSession({ create, url, protocol }, this.#face, this);
    this.#sessions.add(session.socket);
    if (this.#pressure.isHigh) session.session.setWindow(this.#pressure.window);
    const { socket } = session;
    const pending = this.#parts.onConnection({
      // Of the forms of binary, "nodebuffer" is a Buffer on Node.
      socket: socket as SessionConnection & ServerSocket,
      session: socket,
      request,
      user: opening.user,
    });
    if (pending === undefined) session.release();
    else this.#awaitHandler(pending, session);
  }

  #awaitHandler(pending: PromiseLike<unknown>, session: ApplicationSession): void {
    const { log } = this.#parts;
    this.after(handlerMs, () => {
      if (session.isHeld && session.socket.readyState === 1)
        log.warn(
          `A connection handler has held back a session's messages for ${handlerMs} ms: it has not resolved, iterated, or called ready()`,
        );
    });
    pending.then(
      () => session.release(),
      (error: unknown) => {
        failSession(session.socket, error, log);
        // The close event has been waiting, too.
        session.release();
      },
    );
  }

  /** Calls back when that long has passed. */
  after(delayMs: number, action: () => void): void {
    this.#wheel.wakeAt({ handleTimeout: action }, this.now() + delayMs);
  }

  sessionEnded(ended: ApplicationSession): void {
    this.#sessions.delete(ended.socket);
    const target = this.#targets.get(ended.session);
    if (target !== undefined) this.#wheel.forget(target);
    if (this.#sessions.size === 0) this.#whenEmpty?.();
  }

  #faceOptions(): SessionFaceOptions {
    const { settings, log } = this.#parts;
    const { handlerTimeoutMs, bufferedBytesMax, bufferedMessagesMax } = settings;
    return {
      log,
      now: () => this.now(),
      after: (delayMs, action) => this.after(delayMs, action),
      isServer: true,
      binaryType: "nodebuffer",
      handlerTimeoutMs,
      bufferedBytesMax,
      bufferedMessagesMax,
    };
  }

  get #engineOptions(): WebSocketServerOptions {
    const { settings, origins, log } = this.#parts;
    const { openTimeoutMs: handshakeTimeout, heartbeatMs: heartbeatIntervalMs } = settings;
    return { origins, handshakeTimeout, heartbeatIntervalMs, log };
  }

  get #plainOptions(): WebSocketServerOptions {
    const { settings, handleProtocols, authentication } = this.#parts;
    const options = { ...this.#engineOptions, maxPayload: settings.messageBytesMax, handleProtocols };
    if (!authentication.isNeeded) return options;
    return { ...options, verifyClient: (request) => this.#plainUsers.admit(request) };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
