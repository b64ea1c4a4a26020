import type { SendOptions, StreamKind, StreamPriority } from "../session/index.ts";
import { type BinaryType, isBinaryType, type MessageData } from "./binary-type.ts";
import { type EventHandler, hasListener, SocketEventTarget } from "./event-target.ts";
import { SocketEvent } from "./events.ts";
import { fire, raiseError } from "./fire.ts";
import { IncomingMessages, type StreamSession } from "./incoming-messages.ts";
import { type SendData, toPayload } from "./send-data.ts";
import { payloadBytesOf, SendOrder } from "./send-order.ts";
import type { SessionEventMap, StreamEventMap } from "./session-events.ts";
import type { StreamPort } from "./session-port.ts";

const noOptions: SendOptions = {};

/** What a stream asks of its session besides. */
export interface SendingSession extends StreamSession {
  /** Whether `send` accepts: not after `close`. */
  readonly isOpen: boolean;
  /** Resolves when `send` will take a message, or none any more. */
  writable(): Promise<void>;
}

/** Makes a stream of a session. */
export let createMessageStream: (session: SendingSession, port: StreamPort) => MessageStream;

/** A named stream, or a connection. */
export type AnyStream = MessageStream | MessageStream<SessionEventMap>;

/** What a stream receives, for its session. */
export let incomingOf: (stream: AnyStream) => IncomingMessages;

/** Resolves when all that was sent has reached the session; undefined if it has already. */
export let whenSent: (stream: AnyStream) => Promise<void> | undefined;

/** Less waits to be sent than before, for all that the session knows. */
export let noteRoom: (stream: AnyStream) => void;

/**
 * One flow of messages in order, both ways: what `connection.stream(name)` returns, and what a connection is itself.
 *
 * A message waits until somebody listens or iterates. Listeners that return promises run one message at a time; one that
 * throws or rejects raises `error`, its message counts as handled, and the stream goes on.
 */
export class MessageStream<Events extends StreamEventMap = StreamEventMap> extends SocketEventTarget<Events> {
  readonly #session: SendingSession;
  readonly #port: StreamPort;
  readonly #incoming: IncomingMessages;
  /** Only where a Blob was sent. */
  #order: SendOrder | undefined;
  #discardedBytes = 0;
  /** Something was sent since the last drain event. */
  #isDrainDue = false;

  protected constructor(session: SendingSession, port: StreamPort) {
    super();
    this.#session = session;
    this.#port = port;
    this.#incoming = new IncomingMessages(port, session, this);
  }

  /** The name that it was asked for by; "" for the connection itself. */
  get name(): string {
    return this.#port.name;
  }

  /** What becomes of messages of this end that have to wait. */
  get kind(): StreamKind {
    return this.#port.kind;
  }

  get priority(): StreamPriority {
    return this.#port.priority;
  }

  /**
   * Payload bytes (UTF-8 for text, without framing) that `send` accepted and whose handlers have not begun at the other
   * end. What was sent after the end is counted, too, and stays.
   */
  get bufferedAmount(): number {
    return this.#port.bufferedAmount + (this.#order?.bytes ?? 0) + this.#discardedBytes;
  }

  /** How binary messages come: "blob", "arraybuffer" or, on Node, "nodebuffer". */
  get binaryType(): BinaryType {
    return this.#incoming.binaryType;
  }

  /** Other values are ignored, as the standard says of an enumeration. */
  set binaryType(value: BinaryType) {
    if (isBinaryType(value)) this.#incoming.binaryType = value;
  }

  /** Whether `pause` was called, and `resume` not since. */
  get isPaused(): boolean {
    return this.#incoming.isPaused;
  }

  /**
   * Sends a message: text for a string, binary for a Blob, ArrayBuffer or view, which are copied; anything else is turned
   * into a string. After `close` it is counted in `bufferedAmount` and dropped, as the standard says.
   *
   * @throws {BufferFullError} if too much waits already; nothing was accepted then. `await writable()` between messages.
   * @throws {RangeError} if it is longer than the other end takes.
   * @throws {TypeError} for shared memory, and without an argument.
   */
  send(data: SendData, options: SendOptions = noOptions): void {
    if (arguments.length === 0) throw new TypeError("send() needs the data to send");
    const payload = toPayload(data);
    if (!this.#session.isOpen) this.#discardedBytes += payloadBytesOf(payload);
    else if (payload instanceof Blob || this.#order?.isBusy === true) this.#sendInOrder(payload, options);
    else {
      this.#port.send(typeof payload === "string" ? payload : new Uint8Array(payload), options);
      this.#isDrainDue = true;
    }
  }

  /** Holds messages back: they wait in the session, and soon at the other end. */
  pause(): void {
    this.#incoming.pause();
  }

  /** Ends `pause`. */
  resume(): void {
    this.#incoming.resume();
  }

  /** Resolves when no more waits than half of what may, in bytes and in messages, or when the connection ends. */
  writable(): Promise<void> {
    return this.#session.writable();
  }

  /**
   * Yields the data of each message, and ends with the connection, however that ended. A message counts as handled when
   * the next one is asked for.
   *
   * @throws {TypeError} if another iterator is reading.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData, undefined> {
    return this.#incoming.read();
  }

  get onmessage(): EventHandler<Events["message"]> {
    return this.getAttribute("message");
  }

  set onmessage(handler: EventHandler<Events["message"]>) {
    this.setAttribute("message", handler);
  }

  get onerror(): EventHandler<Events["error"]> {
    return this.getAttribute("error");
  }

  set onerror(handler: EventHandler<Events["error"]>) {
    this.setAttribute("error", handler);
  }

  /** Handlers have begun for all that was sent. */
  get ondrain(): EventHandler<Events["drain"]> {
    return this.getAttribute("drain");
  }

  set ondrain(handler: EventHandler<Events["drain"]>) {
    this.setAttribute("drain", handler);
  }

  /** A message that was accepted will not reach the other end's handler. */
  get onexpired(): EventHandler<Events["expired"]> {
    return this.getAttribute("expired");
  }

  set onexpired(handler: EventHandler<Events["expired"]>) {
    this.setAttribute("expired", handler);
  }

  protected override reportListenerError(error: unknown, event: Event | SocketEvent): void {
    raiseError(this, error, { during: event.type, log: this.#session.options.log });
  }

  /** A message is handled when all its listeners are done, whichever of them fails. */
  protected override joinPromises(first: Promise<unknown>, second: Promise<unknown>): Promise<unknown> {
    const raise = (error: unknown): void => {
      raiseError(this, error, { during: "message", log: this.#session.options.log });
    };
    return Promise.all([first.catch(raise), second.catch(raise)]);
  }

  protected override listenerAdded(type: string): void {
    // Not within the statement that adds it.
    if (type === "message" && this.#port.isReadable)
      void Promise.resolve().then(() => this.#incoming.receive());
  }

  #sendInOrder(payload: string | Uint8Array | Blob, options: SendOptions): void {
    const session = this.#session;
    this.#order ??= new SendOrder({
      ...session.options,
      writable: () => session.writable(),
      send: (ready, key) => {
        this.#port.send(ready, key);
        this.#isDrainDue = true;
      },
      handleError: (error) => raiseError(this, error, { during: "send", log: session.options.log }),
    });
    this.#order.add(payload instanceof Uint8Array ? new Uint8Array(payload) : payload, options);
  }

  #noteRoom(): void {
    if (!this.#isDrainDue || this.#port.bufferedAmount > 0 || this.#order?.isBusy === true) return;
    this.#isDrainDue = false;
    if (hasListener(this, "drain")) fire(this, new SocketEvent("drain", this), this.#session.options.log);
  }

  static {
    createMessageStream = (session, port) => new MessageStream(session, port);
    incomingOf = (stream) => stream.#incoming;
    whenSent = (stream) => (stream.#order?.isBusy === true ? stream.#order.done : undefined);
    noteRoom = (stream) => (stream as MessageStream).#noteRoom();
    Object.defineProperty(MessageStream.prototype, Symbol.toStringTag, {
      value: "MessageStream",
      configurable: true,
    });
  }
}
