import { formatAck, readAck, readSkip, type StreamPosition } from "./ack.ts";
import { readClose, readMembers, readStreamName, type Terms, wordOf, writeControl } from "./control-frame.ts";
import { type DataHeader, readBinaryDataHeader, readDataHeader } from "./data-header.ts";
import { Ending } from "./ending.ts";
import { BufferFullError, SessionError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import { sessionLimits } from "./limits.ts";
import type { Link } from "./link.ts";
import type { Gap, GapRange, Payload, StreamOptions } from "./message.ts";
import { ReceivePool } from "./receive-pool.ts";
import { type ReceiveLimits, ReceiveStream, type Window } from "./receive-stream.ts";
import type { Buffered } from "./send-stream.ts";
import type { SessionEnd, SessionHost } from "./session-host.ts";
import type { SessionOptions } from "./session-options.ts";
import { SessionStream, type StreamOwner } from "./session-stream.ts";
import { Transmitter, type TransmitterOwner } from "./transmitter.ts";
import { utf8Bytes } from "./utf8.ts";

const ackDelayMs = sessionLimits.ackDelayMs.default;
const payloadBytesMax = sessionLimits.framePayloadBytesMax.default;
/** What the other end may send on each stream that it names, before it is given more. */
const streamWindow: Window = { messages: 16, bytes: 16 * 1024 };

const never = Number.POSITIVE_INFINITY;
/** The number of a receiver that keeps what is left of a session before, until the other end names its stream again. */
const nameless = -1;

/** What a session asks of the owner of its links. */
export interface LinkOwner {
  /** The session is over or broken on this link: it is to be ended with these words. */
  endLink(link: Link, error: SessionError | undefined): void;
  /** The link is silent: it is as good as lost. */
  loseLink(link: Link): void;
  /** The other end goes away and has handled everything: the session is over, and may be followed by another. */
  onDrained(retryAfterMs: number): void;
}

/**
 * One end of a session: its streams, what they may send, what is to be acknowledged, and how it ends; on whatever link
 * it is attached to. Both ends are alike but for who opens, resumes and drains.
 */
export class Session implements StreamOwner, TransmitterOwner {
  readonly main: SessionStream;
  readonly #host: SessionHost;
  readonly #links: LinkOwner;
  readonly #options: SessionOptions;
  readonly #buffered: Buffered = { bytes: 0, messages: 0 };
  #transmitter: Transmitter;
  readonly #heartbeat: Heartbeat;
  readonly #ending = new Ending();
  readonly #receiveLimits: ReceiveLimits;
  #pool: ReceivePool;
  #streams: Map<string, SessionStream> | undefined;
  /** By the number on the wire: ours, and the other end's. */
  #outgoing: SessionStream[];
  #incoming: Map<number, SessionStream> | undefined;
  #terms: Terms | undefined;
  #link: Link | undefined;
  #ackAt = never;
  /** Streams that got less credit than their window, as the memory of the session is used up. */
  #starving: Set<SessionStream> | undefined;
  /** A frame is being handled: what it causes is transmitted after it. */
  #isReceiving = false;

  constructor(options: SessionOptions, host: SessionHost, links: LinkOwner) {
    this.#options = options;
    this.#host = host;
    this.#links = links;
    this.#receiveLimits = { messageBytesMax: options.messageBytesMax, window: options.window };
    this.#pool = new ReceivePool(options.receiveBytesMax, options.messageBytesMax);
    this.#transmitter = new Transmitter(this);
    this.#heartbeat = new Heartbeat(options.heartbeatMs);
    this.main = new SessionStream(this, "", { buffered: this.#buffered });
    this.#outgoing = [this.main];
    this.main.sending.id = 0;
    this.main.receiving = this.#receiver(0, options.window);
  }

  #receiver(id: number, initial: Window): ReceiveStream {
    return new ReceiveStream(id, initial, { limits: this.#receiveLimits, pool: this.#pool });
  }

  /** "closing" after `close` of either end. */
  get phase(): "open" | "closing" | "ended" {
    return this.#ending.phase;
  }

  get isAttached(): boolean {
    return this.#link !== undefined;
  }

  get link(): Link | undefined {
    return this.#link;
  }

  /** Payload bytes accepted and not yet started by the other end, of all streams. */
  get bufferedAmount(): number {
    return this.#buffered.bytes;
  }

  get bufferedMessages(): number {
    return this.#buffered.messages;
  }

  /** Payload bytes received and not yet settled, of all streams. */
  get heldBytes(): number {
    let bytes = this.main.receiving!.heldBytes;
    for (const stream of this.#incoming?.values() ?? []) bytes += stream.receiving!.heldBytes;
    return bytes;
  }

  /** What the other end is told when the session opens. */
  get terms(): Terms {
    const { messageBytesMax, streamsMax, window } = this.#options;
    return { messageBytesMax, streamsMax, window, streamWindow };
  }

  /** Where a resume goes on: how far this end is with each stream of the other. */
  get positions(): StreamPosition[] {
    const positions = [this.main.receiving!.position];
    for (const stream of this.#incoming?.values() ?? []) positions.push(stream.receiving!.position);
    return positions;
  }

  /**
   * The stream of this name, which is made if there is none. The first call decides about kind and priority.
   *
   * @throws {RangeError} past `streamsMax` streams, or for a name of no or of over 128 characters.
   */
  stream(name: string, options: StreamOptions = {}): SessionStream {
    const known = this.#streams?.get(name);
    if (known !== undefined) return known;
    if (name.length === 0 || name.length > 128)
      throw new RangeError(`The name of a stream has 1 to 128 characters, this one ${name.length}`);
    const limit = Math.min(this.#options.streamsMax, this.#terms?.streamsMax ?? this.#options.streamsMax);
    if ((this.#streams?.size ?? 0) >= limit)
      throw new RangeError(`A session has at most ${limit} named streams`);
    return this.#addStream(name, options);
  }

  #addStream(name: string, options: StreamOptions): SessionStream {
    const stream = new SessionStream(this, name, { ...options, buffered: this.#buffered });
    (this.#streams ??= new Map()).set(name, stream);
    return stream;
  }

  accept(stream: SessionStream, payload: Payload, key: string): void {
    if (this.phase !== "open") throw new TypeError("The session takes no more messages: it is closing");
    const bytes = typeof payload === "string" ? utf8Bytes(payload) : payload.length;
    this.#checkRoom(bytes);
    const { queueAgeMsMax } = this.#options;
    const now = queueAgeMsMax > 0 ? this.now() : 0;
    stream.sending.accept(payload, bytes, key, now);
    this.#transmitter.add(stream);
    if (this.#link !== undefined) {
      if (!this.#isReceiving) this.#transmitter.pump(this.#link);
    } else if (queueAgeMsMax > 0) this.#wakeAt(now + queueAgeMsMax);
    if (stream.kind === "lossy") stream.sending.dropWaiting();
  }

  #checkRoom(bytes: number): void {
    const { bufferedBytesMax, bufferedMessagesMax } = this.#options;
    const limit = this.#terms?.messageBytesMax ?? this.#options.messageBytesMax;
    if (bytes > limit)
      throw new RangeError(`The message has ${bytes} bytes, the limit is ${limit} (messageBytesMax)`);
    if (this.#buffered.bytes + bytes > bufferedBytesMax)
      throw new BufferFullError(this.#buffered.bytes, bufferedBytesMax, "bytes");
    if (this.#buffered.messages >= bufferedMessagesMax)
      throw new BufferFullError(this.#buffered.messages, bufferedMessagesMax, "messages");
  }

  /** What the other end takes; told once, when the session opens. */
  setTerms(terms: Terms): void {
    this.#terms = terms;
    this.main.sending.setCredit(terms.window.messages, terms.window.bytes);
    for (const stream of this.#allStreams()) {
      for (const payload of stream.sending.removeLarger(terms.messageBytesMax))
        this.#host.onExpired(stream, { payload, reason: "dropped" });
    }
  }

  /** Goes on with this link. After a resume call `rewind` before. */
  attach(link: Link): void {
    this.#link = link;
    this.#transmitter.startLink();
    this.#ending.startLink();
    this.#heartbeat.start(this.now());
    this.#wakeAt(this.#heartbeat.deadline);
    for (const stream of this.#allStreams()) this.#transmitter.add(stream);
    this.#work();
  }

  /**
   * Goes back to where the other end is.
   *
   * @throws {SessionError} SESSION_ACK_INVALID if it claims what was never sent.
   */
  rewind(positions: readonly StreamPosition[]): void {
    for (const stream of this.#outgoing) {
      const position = positions.find((one) => one.stream === stream.sending.id);
      stream.sending.isNamed = position !== undefined;
      stream.sending.rewind(position ?? this.#beginOf(stream.sending.id));
    }
  }

  /** Where the other end is with a stream that it does not know. */
  #beginOf(stream: number): StreamPosition {
    const { window, streamWindow: others } = this.#terms!;
    const { messages, bytes } = stream === 0 ? window : others;
    return {
      stream,
      have: 0,
      byteOffset: 0,
      bytes: 0,
      started: 0,
      done: 0,
      messagesMax: messages,
      bytesMax: bytes,
    };
  }

  /** The link is lost, or another one takes its place. */
  detach(): void {
    this.#link = undefined;
    this.#heartbeat.stop();
  }

  *#allStreams(): Iterable<SessionStream> {
    yield this.main;
    if (this.#streams !== undefined) yield* this.#streams.values();
  }

  /** A frame from the link that the session is attached to. */
  receiveText(frame: string): void {
    this.#beginReceiving();
    try {
      this.#takeText(frame);
    } catch (error) {
      this.#fail(error);
    }
    this.#endReceiving();
  }

  /** A binary frame from the link that the session is attached to; its bytes are copied. */
  receiveBinary(frame: Uint8Array): void {
    this.#beginReceiving();
    try {
      const header = readBinaryDataHeader(frame);
      const payload = new Uint8Array(frame.length - header.payloadStart);
      payload.set(frame.subarray(header.payloadStart));
      this.#receiveData(header, payload, payload.length);
    } catch (error) {
      this.#fail(error);
    }
    this.#endReceiving();
  }

  #beginReceiving(): void {
    this.#heartbeat.heard();
    this.#isReceiving = true;
  }

  #endReceiving(): void {
    this.#isReceiving = false;
    this.#work();
  }

  /** The other end broke a rule. Anything else is our own mistake. */
  #fail(error: unknown): void {
    this.#isReceiving = false;
    if (!(error instanceof SessionError)) throw error;
    this.end(error);
  }

  #takeText(frame: string): void {
    const first = frame.charCodeAt(0);
    if (!(first >= 0x30 && first <= 0x39)) return this.#takeControl(frame);
    const header = readDataHeader(frame);
    const payload = frame.slice(header.payloadStart);
    this.#receiveData(header, payload, utf8Bytes(payload));
  }

  #receiveData(header: DataHeader, payload: Payload, bytes: number): void {
    if (bytes > payloadBytesMax)
      throw new SessionError("SESSION_FRAME_INVALID", {
        what: `${bytes} payload bytes, the limit is ${payloadBytesMax}`,
      });
    if (header.handled !== -1) this.#takeHandled(header.handled);
    const stream = header.stream === 0 ? this.main : this.#incomingStream(header.stream);
    const isComplete = stream.receiving!.receive(header, payload, bytes);
    // Whoever sends bulk waits for it, to find out how much the path takes.
    if (stream.receiving!.isBulk) this.#sendAck(stream);
    else this.#noteAck(stream);
    if (isComplete) this.#host.onReadable(stream);
  }

  #takeHandled(handled: number): void {
    const before = this.#buffered.messages;
    this.main.sending.acknowledgeHandled(handled);
    this.#noteFreed(before);
  }

  #noteFreed(messagesBefore: number): void {
    if (this.#buffered.messages < messagesBefore) this.#host.onRoom();
  }

  #incomingStream(id: number): SessionStream {
    const stream = this.#incoming?.get(id);
    if (stream === undefined)
      throw new SessionError("SESSION_STREAM_INVALID", { stream: id, what: "has no name" });
    return stream;
  }

  #takeControl(frame: string): void {
    const word = wordOf(frame);
    switch (word) {
      case "ack":
        return this.#takeAck(frame);
      case "skip":
        return this.#takeSkip(frame);
      case "ping":
        return this.#link?.sendText(`pong ${readPing(frame)}`);
      case "pong":
        return this.#heartbeat.takePong(readPing(frame));
      case "stream":
        return this.#takeStreamName(frame);
      case "close":
        return this.#takeClose(frame);
      case "drain":
        return this.#ending.takeDrain();
      case "bye":
        return this.takeBye(frame);
      default:
        throw unexpected(word);
    }
  }

  #takeAck(frame: string): void {
    const ack = readAck(frame);
    const stream = this.#outgoing[ack.stream];
    if (stream === undefined)
      throw new SessionError("SESSION_ACK_INVALID", { stream: ack.stream, what: "it was not named" });
    const before = this.#buffered.messages;
    const bulkBytes = stream.sending.acknowledge(ack);
    if (stream.priority === "bulk") this.#transmitter.acknowledgeBulk(bulkBytes);
    this.#transmitter.add(stream);
    this.#noteFreed(before);
  }

  #takeSkip(frame: string): void {
    const { stream: id, from, to } = readSkip(frame);
    const stream = id === 0 ? this.main : this.#incomingStream(id);
    stream.receiving!.skip(from, to);
    this.#noteAck(stream);
  }

  #takeStreamName(frame: string): void {
    const { stream: id, name, kind, priority } = readStreamName(frame);
    const known = this.#incoming?.get(id);
    if (known?.name === name) return;
    const asked = this.#streams?.get(name);
    const limit = this.#options.streamsMax;
    if (known !== undefined || id === 0 || (asked?.receiving?.id ?? nameless) !== nameless)
      throw new SessionError("SESSION_STREAM_INVALID", { stream: id, what: "is named already" });
    if ((this.#incoming?.size ?? 0) >= limit)
      throw new SessionError("SESSION_STREAM_INVALID", { stream: id, what: `is one of more than ${limit}` });
    const stream = asked ?? this.#addStream(name, { kind, priority });
    const receiving = this.#receiver(id, streamWindow);
    receiving.isBulk = priority === "bulk";
    this.#setReceiver(stream, receiving);
    (this.#incoming ??= new Map()).set(id, stream);
    this.#sendAck(stream);
    if (asked === undefined) this.#host.onStream(stream);
  }

  #takeClose(frame: string): void {
    const close = readClose(frame);
    const wasOpen = this.phase === "open";
    this.#ending.takeClose(close);
    if (wasOpen) {
      this.#wakeAt(this.#ending.startDeadline(this.now() + this.#options.closeTimeoutMs));
      this.#host.onClosing();
    }
  }

  /**
   * The session is over, and the other end has handled everything. It may also answer a resume.
   *
   * @throws {SessionError} SESSION_FRAME_UNEXPECTED if neither end wished for it.
   */
  takeBye(frame: string): void {
    const retryAfterMs = readMembers(frame).optionalNumber("retryAfterMs");
    const close = this.#ending.agreedClose;
    if (close === undefined && retryAfterMs === undefined)
      throw new SessionError("SESSION_FRAME_UNEXPECTED", { what: "bye" });
    for (const stream of this.#outgoing) stream.sending.acknowledgeAll();
    if (retryAfterMs === undefined) this.finish({ ...close!, wasClean: true });
    else this.#links.onDrained(retryAfterMs);
  }

  noteProgress(stream: SessionStream): void {
    this.#noteAck(stream);
    if (this.#starving !== undefined) this.#feedStarving();
    if (!this.#isReceiving) this.#work();
  }

  /** Something of this stream is to be acknowledged: soon, or at once if the other end could have to wait for it. */
  #noteAck(stream: SessionStream): void {
    const receiving = stream.receiving!;
    stream.isAckDue = true;
    if (receiving.isCreditDue || receiving.lackingBytes > 0 || stream.priority === "bulk")
      return this.#sendAck(stream);
    if (this.#ackAt !== never) return;
    this.#ackAt = this.now() + ackDelayMs;
    this.#wakeAt(this.#ackAt);
  }

  #sendAck(stream: SessionStream): void {
    const receiving = stream.receiving!;
    if (!receiving.grant()) (this.#starving ??= new Set()).add(stream);
    if (this.#link === undefined || receiving.id === nameless) return;
    stream.isAckDue = false;
    this.#link.sendText(formatAck(receiving.id, receiving.ack));
  }

  /** Memory was given back: streams that had to go without may have credit now. */
  #feedStarving(): void {
    for (const stream of this.#starving!) {
      const receiving = stream.receiving!;
      const { bytesMax } = receiving.ack;
      if (receiving.grant()) this.#starving!.delete(stream);
      if (receiving.ack.bytesMax > bytesMax) this.#sendAck(stream);
    }
    if (this.#starving!.size === 0) this.#starving = undefined;
  }

  /** Acknowledges everything that is not acknowledged. */
  #sendAcks(): void {
    this.#ackAt = never;
    if (this.main.isAckDue) this.#sendAck(this.main);
    for (const stream of this.#incoming?.values() ?? []) if (stream.isAckDue) this.#sendAck(stream);
  }

  now(): number {
    return this.#host.now();
  }

  #wakeAt(timeMs: number): void {
    if (timeMs !== never) this.#host.wakeAt(timeMs);
  }

  get handledToSay(): number {
    return this.main.isAckDue ? this.main.receiving!.handled : -1;
  }

  noteHandledSaid(): void {
    this.main.isAckDue = false;
  }

  number(stream: SessionStream): void {
    const { sending } = stream;
    if (sending.id !== -1) return;
    sending.id = this.#outgoing.length;
    this.#outgoing.push(stream);
    const { messages, bytes } = this.#terms!.streamWindow;
    sending.setCredit(messages, bytes);
  }

  /** The link has taken what it was given. */
  linkDrained(): void {
    if (this.#transmitter.isWaitingForLink) this.#work();
  }

  /** Transmits what can be, and ends what is to end. */
  #work(): void {
    if (this.#link === undefined) return;
    this.#transmitter.pump(this.#link);
    if (this.#ending.isUnderWay) this.#workOnEnding();
  }

  #workOnEnding(): void {
    const link = this.#link!;
    const streams = [...this.#allStreams()];
    const step = this.#ending.nextStep({
      isTransmitted: streams.every(({ sending }) => !sending.hasWork),
      hasBegun: streams.some(({ sending }) => sending.hasBegun),
      isAllStarted: streams.every(({ receiving }) => receiving?.isAllStarted ?? true),
      isAllDone: streams.every(({ receiving }) => receiving?.isAllDone ?? true),
      isPeerAllStarted: streams.every(({ sending }) => sending.isAllStarted),
      isPeerAllDone: streams.every(({ sending }) => sending.isAllDone),
    });
    this.#transmitter.isHoldingNew = this.#ending.isHoldingNew;
    if (step === undefined) return;
    this.#sendAcks();
    link.sendText(writeControl(step.word, step.members));
    if (step.end !== undefined) this.finish(step.end);
    else this.#workOnEnding();
  }

  /** Ends the session after what was accepted was delivered, within `closeTimeoutMs`. */
  close(code = 1000, reason = ""): void {
    if (this.phase !== "open") return;
    this.#ending.close({ code, reason });
    this.#wakeAt(this.#ending.startDeadline(this.now() + this.#options.closeTimeoutMs));
    if (!this.#isReceiving) this.#work();
  }

  /** Asks the client to come back later, to a new session; ends when everything is done both ways. */
  drain(retryAfterMs: number): void {
    this.#ending.drain(retryAfterMs);
    this.#work();
  }

  /** Ends the session at once: `close` 1006 here, 3505 at the other end. */
  terminate(): void {
    this.end(new SessionError("SESSION_TERMINATED"));
  }

  /** Ends the session by a rule, or because it was lost. Messages whose fate is unknown are reported. */
  end(error: SessionError | undefined): void {
    if (this.phase === "ended") return;
    const isOwnWish =
      error === undefined || error.code === "SESSION_TERMINATED" || error.code === "SESSION_LOST";
    const code = isOwnWish ? 1006 : error.closeCode;
    const reason = isOwnWish ? "" : error.message;
    this.finish({
      code,
      reason,
      wasClean: false,
      gap: this.gap(false),
      ...(error === undefined ? {} : { error }),
    });
  }

  /** Ends the session with these words, without a word to the other end but for `end.error`. */
  finish(end: SessionEnd): void {
    if (this.phase === "ended") return;
    const link = this.#link;
    this.#ending.finish();
    this.detach();
    if (link !== undefined) this.#links.endLink(link, end.error);
    this.#host.onEnd(end);
  }

  /**
   * What is not known of the other end, if the session were lost now. What was never transmitted goes out in the next
   * session; if there is none, it is part of the gap, too.
   */
  gap(isFollowed: boolean): Gap {
    const received: GapRange[] = [];
    const sent: GapRange[] = [];
    for (const { name, kind, sending, receiving } of this.#allStreams()) {
      if (kind === "reliable") {
        const ranges = isFollowed ? sending.unknown : sending.unhandled;
        sent.push(...ranges.map((range) => ({ stream: name, ...range })));
      }
      const unreceived = receiving?.unreceived;
      if (unreceived !== undefined) received.push({ stream: name, ...unreceived });
    }
    if ((this.#incoming?.size ?? 0) < this.#options.streamsMax)
      received.push({ stream: null, from: 1, to: streamWindow.messages });
    return { sent, received };
  }

  /** Begins a new session with what was accepted and cannot have arrived; the streams stay the same objects. */
  renew(): void {
    this.detach();
    this.#ending.renew();
    this.#pool = new ReceivePool(this.#options.receiveBytesMax, this.#options.messageBytesMax);
    this.#terms = undefined;
    this.#incoming = undefined;
    this.#outgoing = [this.main];
    this.#starving = undefined;
    for (const stream of this.#allStreams()) {
      stream.sending.reset();
      stream.isQueued = false;
      const id = stream === this.main ? 0 : nameless;
      this.#setReceiver(
        stream,
        this.#receiver(id, id === 0 ? this.#options.window : { messages: 0, bytes: 0 }),
      );
    }
    this.#transmitter = new Transmitter(this);
    this.#host.onRoom();
  }

  /** A receiver in the place of another, of which it takes over what was not handled. */
  #setReceiver(stream: SessionStream, receiving: ReceiveStream): void {
    stream.receiving?.leaveTo(receiving);
    stream.receiving = receiving;
  }

  handleTimeout(): void {
    const now = this.now();
    if (now >= this.#ackAt) this.#sendAcks();
    if (this.#link !== undefined) this.#checkHeartbeat(this.#link, now);
    if (now >= this.#ending.deadline) this.end(undefined);
    this.#expire(now);
    const next = Math.min(this.#ackAt, this.#heartbeat.deadline, this.#ending.deadline);
    if (this.phase !== "ended") this.#wakeAt(next);
  }

  #checkHeartbeat(link: Link, now: number): void {
    const ping = this.#heartbeat.check(now);
    if (ping === undefined) return;
    if (ping === "lost") this.#links.loseLink(link);
    else link.sendText(`ping ${ping}`);
  }

  /** Asks whether the link is alive; it is given up if no answer comes in time. */
  probe(): void {
    if (this.#link === undefined) return;
    this.#link.sendText(`ping ${this.#heartbeat.probe(this.now())}`);
    this.#wakeAt(this.#heartbeat.deadline);
  }

  /** Whether a ping waits for its pong. */
  get isProbing(): boolean {
    return this.#heartbeat.isProbing;
  }

  #expire(now: number): void {
    const { queueAgeMsMax } = this.#options;
    if (queueAgeMsMax <= 0) return;
    let oldest = never;
    for (const stream of this.#allStreams()) {
      const before = this.#buffered.messages;
      for (const payload of stream.sending.expire(now - queueAgeMsMax))
        this.#host.onExpired(stream, { payload, reason: "expired" });
      this.#noteFreed(before);
      oldest = Math.min(oldest, stream.sending.oldestAcceptedAt ?? never);
    }
    this.#wakeAt(oldest + queueAgeMsMax);
  }

  /** Changes what the other end may send before handlers have settled, from the next acknowledgement on. */
  setWindow(window: Window): void {
    this.#receiveLimits.window = window;
    for (const stream of this.#allStreams()) if (stream.receiving?.isCreditDue) this.#noteAck(stream);
  }

  /** Acknowledges everything at once, stream 0 in any case: the other end knows that this one has its answer. */
  confirm(): void {
    this.main.isAckDue = true;
    this.#sendAcks();
  }
}

function unexpected(word: string): SessionError {
  const isWord = /^[a-z]{1,16}$/.test(word);
  if (isWord) return new SessionError("SESSION_FRAME_UNEXPECTED", { what: word });
  return new SessionError("SESSION_FRAME_INVALID", { what: "it begins with neither a number nor a word" });
}

function readPing(frame: string): number {
  if (!/^p[io]ng \d{1,15}$/.test(frame))
    throw new SessionError("SESSION_FRAME_INVALID", { what: "ping or pong" });
  return Number(frame.slice(5));
}
