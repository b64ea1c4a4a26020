import type { Duplex } from "node:stream";
import {
  CloseEvent,
  dispatch,
  ErrorEvent,
  hasListener,
  MessageEvent,
  SocketEvent,
  type SocketEventTarget,
} from "../interface/index.ts";
import {
  CloseCode,
  type CloseAction,
  CloseHandshake,
  type CloseReason,
  type Deflater,
  endsTransportFirst,
  FIN,
  type MessageAssemblerOptions,
  type MessageHandler,
  type MessageLimits,
  MessageReceiver,
  Opcode,
  type ProtocolError,
  type Role,
} from "../protocol/index.ts";
import { type BinaryType, shapeBinary } from "./binary-type.ts";
import { closeBody } from "./close-body.ts";
import { ConnectionError } from "./errors.ts";
import { flushSoon } from "./flush.ts";
import { Inbox, type InboxOwner, type Message } from "./inbox.ts";
import { websocketLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { decodeText } from "./message-memory.ts";
import { Outbox, type OutboxOwner } from "./outbox.ts";
import { type PiecewiseOwner, PiecewiseReceiver } from "./piecewise-receiver.ts";
import { receiverOptions } from "./receiver-options.ts";
import { Sender, type SenderOwner } from "./sender.ts";
import type { SocketEventMap } from "./socket-events.ts";
import { settlePublicationsTo } from "./topic-batch.ts";
import { listenToTransport, type TransportOwner } from "./transport-events.ts";

/** What all connections of one server, or one client, have in common. */
export interface EngineOptions extends MessageLimits {
  readonly role: Role;
  readonly bufferedBytesMax: number;
  readonly readAheadBytesMax: number;
  readonly closeTimeout: number;
  readonly log: Log;
  /** Called when the transport is gone, before the `close` event. */
  readonly onGone: (engine: Engine) => void;
}

/** What one handshake agreed on, and whose events the connection raises. */
export interface EngineParts {
  readonly transport: Duplex;
  readonly face: SocketEventTarget<SocketEventMap>;
  readonly inflater: MessageAssemblerOptions["inflater"];
  readonly deflater: Deflater | undefined;
  readonly binaryType: BinaryType;
}

const noBytes: Buffer = Buffer.alloc(0);
/**
 * One open connection of RFC 6455 on a transport: joins the receiver, the inbox, the outbox and the closing handshake,
 * and raises the events of its face. It is one class for both roles.
 */
export class Engine
  implements MessageHandler, InboxOwner, OutboxOwner, PiecewiseOwner, SenderOwner, TransportOwner
{
  /** Whose events this connection raises. */
  readonly face: SocketEventTarget<SocketEventMap>;
  readonly inbox: Inbox;
  readonly sender: Sender;
  binaryType: BinaryType;
  /** Topics that the connection is subscribed to; undefined while there is none. */
  topics: Set<string> | undefined;

  readonly #transport: Duplex;
  readonly #options: EngineOptions;
  readonly #receiver: MessageReceiver;
  readonly #outbox: Outbox;
  readonly #pieces: PiecewiseReceiver | undefined;
  readonly #closing = new CloseHandshake();
  /** What the peer's Close frame said. */
  #closeCode: number = CloseCode.Abnormal;
  #closeReason = "";
  #networkError: Error | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isReceiving = false;
  #hasSettled = false;
  #silentBeats = 0;

  constructor(options: EngineOptions, parts: EngineParts) {
    this.#options = options;
    this.#transport = parts.transport;
    this.face = parts.face;
    this.binaryType = parts.binaryType;
    const { role } = options;
    this.#receiver = new MessageReceiver(role, this, receiverOptions(options, parts.inflater));
    if (parts.inflater !== undefined) this.#pieces = new PiecewiseReceiver(this.#receiver, this);
    this.inbox = new Inbox(this, options.readAheadBytesMax);
    this.#outbox = new Outbox(parts.transport, role, this);
    const { bufferedBytesMax } = options;
    this.sender = new Sender(this, { outbox: this.#outbox, bufferedBytesMax, deflater: parts.deflater });
  }

  /** The standard's `readyState`; CLOSED from just before the `close` event. */
  get readyState(): 1 | 2 | 3 {
    if (this.#hasSettled) return 3;
    return this.#closing.state === "open" ? 1 : 2;
  }

  /** Whether the transport is gone, though messages and the `close` event may still wait for a listener. */
  get isGone(): boolean {
    return this.#closing.state === "ended";
  }

  /** Begins to read; `head` is what came with the handshake. */
  start(head: Buffer): void {
    const transport = this.#transport;
    listenToTransport(transport, this);
    if (head.length > 0) this.receive(head);
    if (!this.inbox.isHoldingPeer) transport.resume();
  }

  /** Returns whether a part of the chunk was handed on, so that its memory must not be used again. */
  receive(chunk: Buffer): boolean {
    this.#silentBeats = 0;
    this.#isReceiving = true;
    const isKept = (this.#pieces ?? this.#receiver).receive(chunk);
    this.#isReceiving = false;
    this.#outbox.flush();
    return isKept;
  }

  /** Starts the closing handshake; `body` is the Close frame's. */
  close(body: Uint8Array): void {
    this.settlePublications();
    this.#act(this.#closing.handle("send-close"), body);
    if (this.#options.role === "server") return;
    // A client hears no more messages, so that none of them may hold back the peer's Close frame or the close event.
    this.inbox.dropMessages();
    this.#readOn();
  }

  /** Fails the connection (RFC 6455 §7.1.7), where this is our side's decision: what waits is not delivered. */
  fail(error: unknown, closeCode: number): void {
    if (this.isOver) return;
    this.inbox.dropMessages();
    this.#fail(error, closeCode);
  }

  /** Cuts the transport. Nothing more is delivered. */
  terminate(): void {
    // Whatever the machine would say to the peer: there is no way left to say it.
    this.#closing.handle("fail");
    this.inbox.dropMessages();
    this.#receiver.stop();
    this.#transport.destroy();
  }

  /** One beat of the heart: pings a silent peer and gives up a dead one. */
  beat(intervalMs: number): void {
    if (this.#closing.state !== "open" || this.inbox.isHoldingPeer) return;
    this.#silentBeats++;
    if (this.#silentBeats === 2) {
      // Whatever waits: bufferedBytesMax is for what the application sends.
      this.#outbox.addUrgent(Opcode.Ping, noBytes);
      this.scheduleFlush();
    }
    if (this.#silentBeats < 3) return;
    this.#raiseError(new ConnectionError("WS_HEARTBEAT_TIMEOUT", { silentMs: 2 * intervalMs }));
    this.terminate();
  }

  /** A listener of `type` of a server's connection threw, or what it promised was rejected. */
  handleListenerError(error: unknown, type: string): void {
    // Nobody would hear of it otherwise, and a failing "error" listener must not be asked again.
    if (type === "error" || this.isOver || !hasListener(this.face, "error")) {
      this.#options.log.warn(`A "${type}" listener of a WebSocket connection failed: ${describe(error)}`);
    }
    if (type === "error") this.terminate();
    else this.fail(error, CloseCode.InternalError);
  }

  // MessageHandler: what the peer sent.

  // oxlint-disable-next-line max-params -- per message: an object would be allocated for each
  onText(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    if (this.#isDeaf()) return;
    this.inbox.receive(decodeText(bytes, start, end, isAscii));
  }

  onBinary(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isDeaf()) return;
    this.inbox.receive(asBuffer(bytes).subarray(start, end));
  }

  onPing(bytes: Uint8Array, start: number, end: number): void {
    // Only data may not follow our own Close frame; a Ping is answered until the peer's has come (RFC 6455 §5.5.2).
    if (this.#closing.state !== "open" && this.#closing.state !== "sent") return;
    const payload = asBuffer(bytes).subarray(start, end);
    this.#outbox.addPong(payload);
    if (hasListener(this.face, "ping")) this.#raise(new MessageEvent("ping", this.face, payload));
  }

  onPong(bytes: Uint8Array, start: number, end: number): void {
    if (!hasListener(this.face, "pong")) return;
    this.#raise(new MessageEvent("pong", this.face, asBuffer(bytes).subarray(start, end)));
  }

  onClose(code: number, { bytes, start, end }: CloseReason): void {
    this.#closeCode = code;
    this.#closeReason = asBuffer(bytes).toString("utf8", start, end);
    const body = code === CloseCode.NoStatus ? noBytes : closeBody(code, this.#closeReason);
    this.#act(this.#closing.handle("receive-close"), body);
  }

  onProtocolError(error: ProtocolError): void {
    this.#fail(error, error.closeCode);
  }

  // InboxOwner: messages on their way to the listeners.

  deliver(message: Message): PromiseLike<unknown> | undefined {
    if (!hasListener(this.face, "message")) return undefined;
    const pending = dispatch(this.face, new MessageEvent("message", this.face, this.shape(message)));
    return this.#options.role === "server" ? pending : undefined;
  }

  shape(message: Message): string | Buffer | ArrayBuffer | Blob {
    return typeof message === "string" ? message : shapeBinary(message, this.binaryType);
  }

  handleRejection(error: unknown): void {
    this.handleListenerError(error, "message");
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#readOn();
    else this.#transport.pause();
  }

  // PiecewiseOwner

  get isHeldBack(): boolean {
    return this.inbox.isHoldingPeer && !this.#isDeaf() && !this.isOver;
  }

  // SenderOwner

  get isOpen(): boolean {
    return this.#closing.state === "open";
  }

  get isOver(): boolean {
    return this.#closing.state === "failed" || this.#closing.state === "ended";
  }

  settlePublications(): void {
    if (this.topics !== undefined) settlePublicationsTo(this);
  }

  /** The end of the input chunk flushes what was sent during it. */
  scheduleFlush(): void {
    if (!this.#isReceiving) flushSoon(this.#outbox);
  }

  handleBufferFull(error: ConnectionError): void {
    // Not from within `send` or `publish`, whose caller is in the middle of something.
    queueMicrotask(() => this.#raiseError(error));
    this.terminate();
  }

  handleUnreadableBlob(error: unknown): void {
    this.fail(error, CloseCode.InternalError);
  }

  // OutboxOwner

  handleTaken(): void {
    // A peer that takes what had to wait is alive.
    this.#silentBeats = 0;
    if (this.#isClosing()) this.#setDeadline(this.#options.closeTimeout);
  }

  handleDrain(): void {
    this.sender.releaseWaiting();
    if (hasListener(this.face, "drain")) this.#raise(new SocketEvent("drain", this.face));
  }

  // The transport.

  handleTransportEnd(): void {
    // No Close frame can follow; what we still have to say is written before the transport ends.
    this.#outbox.endWhenFlushed();
    this.#setDeadline(this.#options.closeTimeout);
  }

  handleTransportError(error: Error): void {
    this.#networkError ??= error;
  }

  handleTransportClose(): void {
    const before = this.#closing.state;
    this.#act(this.#closing.handle("transport-end"), noBytes);
    if (this.#options.role === "client" && (before === "open" || before === "sent")) {
      this.#raiseError(new ConnectionError("WS_CONNECTION_LOST", {}, { cause: this.#networkError }));
    }
    this.inbox.afterQueued(() => this.#settle());
  }

  #readOn(): void {
    if (this.#pieces?.isWaiting === true) this.receive(noBytes);
    if (this.#pieces?.isWaiting !== true) this.#transport.resume();
  }

  /** Whether there is a closing handshake that the peer may still finish. */
  #isClosing(): boolean {
    return this.#closing.state === "sent" || this.#closing.state === "exchanged";
  }

  /** A client hears nothing after it has called `close`, as the standard says. */
  #isDeaf(): boolean {
    return this.#options.role === "client" && this.#closing.state !== "open";
  }

  #act(action: CloseAction, body: Uint8Array): void {
    if (action === "none") return;
    if (action === "settle") {
      clearTimeout(this.#deadline);
      this.#outbox.close();
      // At once: a listener that waits for room holds back the messages after its own, and the close event with them.
      this.sender.releaseWaiting();
      this.#options.onGone(this);
    } else if (action === "write-failure" || action === "abandon") {
      this.#receiver.stop();
      this.#outbox.abandonQueued();
      if (action === "write-failure") this.#outbox.addUrgent(Opcode.Close, body);
      this.#outbox.endWhenFlushed();
      this.#transport.resume();
      this.#setDeadline(Math.min(this.#options.closeTimeout, websocketLimits.failureLingerMs.default));
    } else {
      this.sender.afterBlobs(() => this.#closeNow(action, body));
      this.#setDeadline(this.#options.closeTimeout);
    }
  }

  #closeNow(action: CloseAction, body: Uint8Array): void {
    if (action !== "finish") this.#outbox.add({ first: FIN | Opcode.Close, payload: body, payloadBytes: 0 });
    if (action !== "write-close" && endsTransportFirst(this.#options.role)) this.#outbox.endWhenFlushed();
    this.scheduleFlush();
  }

  #fail(error: unknown, closeCode: number): void {
    const reason = error instanceof Error ? error.message : "";
    this.#act(
      this.#closing.handle("fail"),
      closeBody(closeCode, closeCode === CloseCode.InternalError ? "" : reason),
    );
    this.#raiseError(error);
  }

  #setDeadline(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(cut, ms, this.#transport);
  }

  #settle(): void {
    this.#hasSettled = true;
    this.inbox.end();
    const wasClean = this.#closing.isClean;
    const code = wasClean ? this.#closeCode : CloseCode.Abnormal;
    this.#raise(new CloseEvent(this.face, { code, reason: wasClean ? this.#closeReason : "", wasClean }));
  }

  #raiseError(error: unknown): void {
    this.inbox.afterQueued(() => this.#raise(new ErrorEvent(this.face, error)));
  }

  #raise(event: SocketEvent): void {
    const pending = dispatch(this.face, event);
    if (pending === undefined || this.#options.role === "client") return;
    pending.then(undefined, (error: unknown) => this.handleListenerError(error, event.type));
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function cut(transport: Duplex): void {
  transport.destroy();
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
