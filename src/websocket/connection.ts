import {
  defineStates,
  type EventHandler,
  type SocketEvent,
  SocketEventTarget,
  toClampedUnsignedShort,
  toDomString,
} from "../interface/index.ts";
import { closeReasonBytesMax, isSendableCloseCode } from "../protocol/index.ts";
import { type BinaryType, isBinaryType } from "./binary-type.ts";
import { closeBody } from "./close-body.ts";
import { Engine, type EngineOptions, type EngineParts } from "./engine.ts";
import type { Inbox } from "./inbox.ts";
import type { Places } from "./roster.ts";
import { bytesOf, payloadBytesOf, type SendData, toPayload } from "./send-data.ts";
import type { MessageData, SocketEventMap } from "./socket-events.ts";
import type { Topics } from "./topics.ts";

/** What was agreed on; connections of a server that agreed on the same share it. */
export interface ConnectionDetails {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  /** The server's topics; a client has none. */
  readonly topics?: Topics | undefined;
}

const noBytes = Buffer.alloc(0);
const pingBytesMax = 125;

/** Makes a server's connection. Nothing is read from the transport before the engine's `start`. */
export let acceptConnection: (
  details: ConnectionDetails,
  options: EngineOptions,
  parts: Omit<EngineParts, "face" | "binaryType">,
) => { socket: WebSocketConnection; engine: Engine };

/** How a server's roster knows where in it a connection is. */
export let connectionPlaces: Places<WebSocketConnection>;

/** The engine behind a connection; undefined on a client that is not open yet. */
export let engineOf: (socket: WebSocketConnection) => Engine | undefined;

/**
 * The other end of a connection, behind the WHATWG `WebSocket` interface: what a server's `connection` event carries,
 * and what the client class `WebSocket` is made of. Beside the standard it has `ping`, `terminate`, `pause`, `resume`,
 * `writable`, the events `drain`, `ping` and `pong`, topics, and async iteration with backpressure.
 *
 * On a server, listeners that return promises run one message at a time, in order; a listener that throws or rejects
 * raises `error` and closes this connection, and only this one, with 1011.
 */
export class WebSocketConnection extends SocketEventTarget<SocketEventMap> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  #details: ConnectionDetails;
  #remoteAddress = "";
  #place = -1;
  #engine: Engine | undefined;
  #whenOpen: ((engine: Engine | undefined) => void)[] | undefined;
  /** The state while there is no engine, and what goes with it. */
  #stateWithoutEngine: 0 | 2 | 3 = 0;
  #binaryType: BinaryType = "nodebuffer";
  #discardedBytes = 0;

  /** The prototype of the client class does not descend from this one's, though it is one of these. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== WebSocketConnection) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && #details in value;
  }

  protected constructor(details: ConnectionDetails, binaryType: BinaryType) {
    super();
    this.#details = details;
    this.#binaryType = binaryType;
  }

  /** 0 CONNECTING, 1 OPEN, 2 CLOSING, 3 CLOSED. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#engine?.readyState ?? this.#stateWithoutEngine;
  }

  /**
   * Payload bytes (UTF-8 for text, before compression, without framing) that `send` accepted and the operating system
   * has not yet taken. What was sent after the end is counted, too, and stays.
   */
  get bufferedAmount(): number {
    return (this.#engine?.sender.bufferedAmount ?? 0) + this.#discardedBytes;
  }

  /** How binary messages come: "blob", "arraybuffer" or "nodebuffer", the last as a view of the received memory. */
  get binaryType(): BinaryType {
    return this.#engine?.binaryType ?? this.#binaryType;
  }

  /** Other values are ignored, as the standard says of an enumeration. */
  set binaryType(value: BinaryType) {
    if (!isBinaryType(value)) return;
    this.#binaryType = value;
    if (this.#engine !== undefined) this.#engine.binaryType = value;
  }

  /** The subprotocol agreed on, or "". */
  get protocol(): string {
    return this.#details.protocol;
  }

  /** The extensions agreed on, as in the handshake's response, or "". */
  get extensions(): string {
    return this.#details.extensions;
  }

  /** On a client, the URL connected to; on a server, the one asked for, made from the Host header. */
  get url(): string {
    return this.#details.url;
  }

  /** The peer's address as the transport knows it: behind a proxy, the proxy's. "" where there is none. */
  get remoteAddress(): string {
    return this.#remoteAddress;
  }

  /** Whether `pause` was called, and `resume` not since. */
  get isPaused(): boolean {
    return this.#engine?.inbox.isPaused ?? false;
  }

  /** The topics that this connection is subscribed to. */
  get topics(): ReadonlySet<string> {
    return new Set(this.#engine?.topics);
  }

  /**
   * Sends a message: text for a string, binary for a Blob, ArrayBuffer or view; anything else is turned into a string.
   * A server's connection does not copy binary of over 16 KiB, which must not change until it has left.
   *
   * After `close` it is counted in `bufferedAmount` and dropped, as the standard says. A message that would pass
   * `bufferedBytesMax` raises `error` (`ConnectionError` WS_BUFFER_FULL) and ends the connection: `await writable()`
   * between messages.
   *
   * @throws {DOMException} InvalidStateError while CONNECTING.
   * @throws {TypeError} for shared memory, and without an argument.
   */
  send(data: SendData): void {
    if (arguments.length === 0) throw new TypeError("send() needs the data to send");
    const payload = toPayload(data);
    const sender = this.#engine?.sender;
    if (sender === undefined) this.#discard(payload);
    else if (typeof payload === "string") sender.sendText(payload);
    else if (payload instanceof Blob) sender.sendBlob(payload);
    else sender.sendBinary(payload);
  }

  /**
   * Starts the closing handshake, after what was sent before. Without a code the Close frame is empty, and the peer's
   * close event says 1005.
   *
   * @param code On a client 1000 or 3000–4999; a server may send every code of RFC 6455 §7.4 that is for the wire.
   * @param reason At most 123 bytes of UTF-8.
   * @throws {DOMException} InvalidAccessError for another code, SyntaxError for a longer reason.
   */
  close(code?: number, reason?: string): void {
    const body = this.#closeBody(code, reason);
    if (this.#engine !== undefined) this.#engine.close(body);
    else if (this.#isConnecting()) this.abortConnecting();
  }

  /**
   * Sends a Ping frame, which overtakes messages that wait. The peer's answer raises `pong`.
   *
   * @param data At most 125 bytes.
   * @throws {RangeError} if it is longer.
   * @throws {DOMException} InvalidStateError while CONNECTING.
   */
  ping(data: string | ArrayBuffer | ArrayBufferView = noBytes): void {
    const payload = typeof data === "string" ? Buffer.from(data, "utf8") : bytesOf(data);
    if (payload === undefined) throw new TypeError("A ping carries a string, an ArrayBuffer or a view");
    if (payload.length > pingBytesMax) {
      throw new RangeError(
        `A ping carries at most ${pingBytesMax} bytes, ${payload.length} were given (RFC 6455 §5.5)`,
      );
    }
    if (this.#isConnecting()) throw new DOMException("The connection is not open yet", "InvalidStateError");
    this.#engine?.sender.ping(payload);
  }

  /** Cuts the transport without a closing handshake: `close` follows with 1006. Messages that wait are dropped. */
  terminate(): void {
    if (this.#engine !== undefined) this.#engine.terminate();
    else if (this.#isConnecting()) this.abortConnecting();
  }

  /** Holds messages back. Up to `readAheadBytesMax` is read ahead (pings are answered), then the peer has to wait. */
  pause(): void {
    this.#withEngine((engine) => engine?.inbox.pause());
  }

  /** Ends `pause`. */
  resume(): void {
    this.#withEngine((engine) => engine?.inbox.resume());
  }

  /** Lets messages come although the connection handler has not returned yet. Without effect at any other time. */
  ready(): void {
    this.#engine?.inbox.release();
  }

  /**
   * Resolves when there is room: the transport has taken what was sent before, but for less than 64 KiB that it has not
   * been given yet. Also when the connection ends. Awaited before each message it keeps `bufferedAmount` small whatever
   * the peer's speed, and lets the event loop turn.
   */
  async writable(): Promise<void> {
    const engine =
      this.#engine ?? (await new Promise<Engine | undefined>((resolve) => this.#withEngine(resolve)));
    await engine?.sender.writable();
  }

  /**
   * Subscribes to a topic of the server.
   *
   * @throws {RangeError} past `topicsMax` topics, or for a name of over 256 UTF-16 code units.
   * @throws {TypeError} on a client.
   */
  subscribe(topic: string): void {
    const topics = this.#serverTopics;
    if (this.#engine !== undefined) topics.subscribe(this.#engine, topic);
  }

  /** Ends a subscription; without effect if there is none. */
  unsubscribe(topic: string): void {
    const topics = this.#serverTopics;
    if (this.#engine !== undefined) topics.unsubscribe(this.#engine, topic);
  }

  /** Sends a message to all subscribers of the topic but this connection, and returns how many they are. */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number {
    return this.#serverTopics.publish(topic, data, this.#engine);
  }

  /**
   * Yields the data of each message, and ends with the connection, however that ended. The next message is read when it
   * is asked for: a slow loop slows the sender.
   *
   * @throws {TypeError} if another iterator is reading.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData, undefined> {
    if (this.#engine !== undefined) return this.#engine.inbox.read();
    const reading = new Promise<ReturnType<Inbox["read"]> | undefined>((resolve) => {
      this.#withEngine((engine) => resolve(readAtOnce(engine)));
    });
    // Whoever asks for a message hears of it; who never does, need not.
    reading.catch(() => {});
    return {
      next: async () => (await reading)?.next() ?? { done: true, value: undefined },
      return: async () => (await reading)?.return?.() ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  get onopen(): EventHandler<SocketEvent> {
    return this.getAttribute("open");
  }

  set onopen(handler: EventHandler<SocketEvent>) {
    this.setAttribute("open", handler);
  }

  get onmessage(): EventHandler<SocketEventMap["message"]> {
    return this.getAttribute("message");
  }

  set onmessage(handler: EventHandler<SocketEventMap["message"]>) {
    this.setAttribute("message", handler);
  }

  get onerror(): EventHandler<SocketEventMap["error"]> {
    return this.getAttribute("error");
  }

  set onerror(handler: EventHandler<SocketEventMap["error"]>) {
    this.setAttribute("error", handler);
  }

  get onclose(): EventHandler<SocketEventMap["close"]> {
    return this.getAttribute("close");
  }

  set onclose(handler: EventHandler<SocketEventMap["close"]>) {
    this.setAttribute("close", handler);
  }

  /** Nothing waits to be sent any more, after something had to or `bufferedAmount` said that something does. */
  get ondrain(): EventHandler<SocketEvent> {
    return this.getAttribute("drain");
  }

  set ondrain(handler: EventHandler<SocketEvent>) {
    this.setAttribute("drain", handler);
  }

  /** Which codes `close` takes. */
  protected mayCloseWith(code: number): boolean {
    return isSendableCloseCode(code);
  }

  /** `close` or `terminate` while there is no connection yet. */
  protected abortConnecting(): void {}

  /** A client's connection is open: what was asked for meanwhile is done before anything is delivered. */
  protected open(
    details: ConnectionDetails,
    options: EngineOptions,
    parts: Omit<EngineParts, "face" | "binaryType">,
  ): Engine {
    this.#details = details;
    // Asked for now: once the transport is gone it does not know.
    this.#remoteAddress = (parts.transport as { remoteAddress?: string }).remoteAddress ?? "";
    this.#engine = new Engine(options, { ...parts, face: this, binaryType: this.#binaryType });
    this.#settleWaiting();
    return this.#engine;
  }

  /** A client's connection will not open. */
  protected setUnopened(state: 2 | 3): void {
    this.#stateWithoutEngine = state;
    if (state === 3) this.#settleWaiting();
  }

  protected override reportListenerError(error: unknown, event: Event | SocketEvent): void {
    this.#engine?.handleListenerError(error, event.type);
  }

  #isConnecting(): boolean {
    return this.#engine === undefined && this.#stateWithoutEngine === 0;
  }

  /** Counts what is sent when there is no connection any more. */
  #discard(payload: string | Uint8Array | Blob): void {
    if (this.#isConnecting()) {
      throw new DOMException("The connection is not open yet; wait for the open event", "InvalidStateError");
    }
    this.#discardedBytes += payloadBytesOf(payload);
  }

  get #serverTopics(): Topics {
    if (this.#details.topics === undefined)
      throw new TypeError("Topics belong to a server; this socket is a client");
    return this.#details.topics;
  }

  #withEngine(use: (engine: Engine | undefined) => void): void {
    if (this.#engine !== undefined || this.#stateWithoutEngine === 3) use(this.#engine);
    else (this.#whenOpen ??= []).push(use);
  }

  #settleWaiting(): void {
    for (const use of this.#whenOpen ?? []) use(this.#engine);
    this.#whenOpen = undefined;
  }

  #closeBody(code: unknown, reason: unknown = ""): Buffer {
    const closeCode = code === undefined ? undefined : toClampedUnsignedShort(code);
    if (closeCode !== undefined && !this.mayCloseWith(closeCode)) {
      throw new DOMException(
        `Close code ${closeCode} may not be given here (RFC 6455 §7.4)`,
        "InvalidAccessError",
      );
    }
    const text = toDomString(reason);
    const bytes = Buffer.byteLength(text);
    if (bytes > closeReasonBytesMax) {
      throw new DOMException(
        `A close reason has ${bytes} bytes, the limit is ${closeReasonBytesMax}`,
        "SyntaxError",
      );
    }
    return closeCode === undefined && bytes === 0 ? noBytes : closeBody(closeCode ?? 1000, text);
  }

  static {
    defineStates(WebSocketConnection);
    Object.defineProperty(WebSocketConnection.prototype, Symbol.toStringTag, {
      value: "WebSocket",
      configurable: true,
    });
    connectionPlaces = {
      placeOf: (socket) => socket.#place,
      setPlace: (socket, place) => {
        socket.#place = place;
      },
    };
    engineOf = (socket) => socket.#engine;
    acceptConnection = (details, options, parts) => {
      const socket = new WebSocketConnection(details, "nodebuffer");
      return { socket, engine: socket.open(details, options, parts) };
    };
  }
}

/** Reads before it returns, so that no message is missed; async so that what `read` throws is a rejection. */
async function readAtOnce(engine: Engine | undefined): Promise<ReturnType<Inbox["read"]> | undefined> {
  return engine?.inbox.read();
}
