import type { SessionHost, StreamOptions } from "../session/index.ts";
import type { EventHandler } from "./event-target.ts";
import { MessageStream } from "./message-stream.ts";
import { SessionCore, type SessionDetails } from "./session-core.ts";
import type { SessionEventMap } from "./session-events.ts";
import type { SessionFaceOptions, SessionPort } from "./session-port.ts";
import { checkClose } from "./close-arguments.ts";
import { defineStates } from "./standard-interface.ts";

/** Makes a server's connection with the session behind it, held until `core.release()`. */
export let acceptSession: (
  create: (host: SessionHost) => SessionPort,
  details: SessionDetails,
  options: SessionFaceOptions,
) => { socket: SessionConnection; core: SessionCore };

/**
 * The other end of a session, behind the WHATWG `WebSocket` interface: a server's `connection` event carries one, and
 * `connect` returns one. It is a {@link MessageStream}, too: the one that needs no name.
 */
export class SessionConnection<
  Events extends SessionEventMap = SessionEventMap,
> extends MessageStream<Events> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #core: SessionCore;

  protected constructor(core: SessionCore) {
    super(core, core.port.main);
    this.#core = core;
    core.setFace(this);
  }

  /** 0 CONNECTING, 1 OPEN (also while no link is there), 2 CLOSING, 3 CLOSED. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#core.readyState;
  }

  /** On a client, the URL connected to; on a server, the one asked for first. */
  get url(): string {
    return this.#core.details.url;
  }

  /** The application's subprotocol, or "". */
  get protocol(): string {
    return this.#core.details.protocol;
  }

  /** Always "": a session has none. */
  get extensions(): string {
    return "";
  }

  /**
   * Ends the session after everything that was sent at both ends has begun to be handled, within `closeTimeoutMs`.
   *
   * @param code On a client 1000 or 3000–4999; a server may send every code of RFC 6455 §7.4 that is for the wire.
   * @param reason At most 123 bytes of UTF-8.
   * @throws {DOMException} InvalidAccessError for another code, SyntaxError for a longer reason.
   */
  close(...[code, reason]: [code?: number, reason?: string]): void {
    const close = checkClose(code, reason, this.#core.options.isServer);
    this.#core.close(close.code, close.reason);
  }

  /** Ends the session at once: `close` follows with 1006. Messages that wait are dropped. */
  terminate(): void {
    this.#core.terminate();
  }

  /** Lets messages come although the connection handler has not returned yet. Without effect at any other time. */
  ready(): void {
    this.#core.release();
  }

  /**
   * The stream of this name, with an order and a credit of its own. Both ends ask for it by the same name; each decides
   * about what it sends. The first call does, later ones return the same stream.
   *
   * @throws {RangeError} past `streamsMax` streams, or for a name of no or of over 128 characters.
   */
  stream(name: string, options?: StreamOptions): MessageStream {
    return this.#core.stream(name, options);
  }

  get onopen(): EventHandler<Events["open"]> {
    return this.getAttribute("open");
  }

  set onopen(handler: EventHandler<Events["open"]>) {
    this.setAttribute("open", handler);
  }

  get onclose(): EventHandler<Events["close"]> {
    return this.getAttribute("close");
  }

  set onclose(handler: EventHandler<Events["close"]>) {
    this.setAttribute("close", handler);
  }

  /** The session was lost, and the fate of some messages is unknown. On a client, a new session follows. */
  get ongap(): EventHandler<Events["gap"]> {
    return this.getAttribute("gap");
  }

  set ongap(handler: EventHandler<Events["gap"]>) {
    this.setAttribute("gap", handler);
  }

  /** The other end uses a stream that this end has not asked for. It waits until somebody listens. */
  get onstream(): EventHandler<Events["stream"]> {
    return this.getAttribute("stream");
  }

  set onstream(handler: EventHandler<Events["stream"]>) {
    this.setAttribute("stream", handler);
  }

  protected override listenerAdded(type: string): void {
    super.listenerAdded(type);
    if (type === "stream") void Promise.resolve().then(() => this.#core.announce());
  }

  static {
    defineStates(SessionConnection);
    Object.defineProperty(SessionConnection.prototype, Symbol.toStringTag, {
      value: "WebSocket",
      configurable: true,
    });
    acceptSession = (create, details, options) => {
      const core = new SessionCore(options, details);
      core.setPort(create(core));
      return { socket: new SessionConnection(core), core };
    };
  }
}
