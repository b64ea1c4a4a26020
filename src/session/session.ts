import { positionAtBegin, readAck, type StreamPosition } from "./ack.ts";
import { Acknowledger, type AcknowledgerOwner } from "./acknowledger.ts";
import {
  readBye,
  readClose,
  readDrain,
  readPing,
  type Terms,
  unexpectedFrame,
  wordOf,
  writeControl,
} from "./control-frame.ts";
import { type DataHeader, readBinaryDataHeader, readDataHeader } from "./data-header.ts";
import { Ending, progressOf } from "./ending.ts";
import { SessionError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Link } from "./link.ts";
import type { LinkOwner } from "./link-owner.ts";
import type { Gap, Payload, StreamOptions } from "./message.ts";
import type { Window } from "./receive-stream.ts";
import { Reception, streamWindow } from "./reception.ts";
import { gapOf } from "./session-gap.ts";
import type { SessionEnd, SessionHost } from "./session-host.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionStream, StreamOwner } from "./session-stream.ts";
import type { StreamState } from "./session-state.ts";
import { StreamTable } from "./stream-table.ts";
import { Transmitter, type TransmitterOwner } from "./transmitter.ts";
import { utf8Bytes } from "./utf8.ts";

const never = Number.POSITIVE_INFINITY;

/**
 * One end of a session: its streams, what they may send, what is to be acknowledged, and how it ends; on whatever link
 * it is attached to. Both ends are alike but for who opens, resumes and drains.
 */
export class Session implements StreamOwner, TransmitterOwner, AcknowledgerOwner {
  readonly #host: SessionHost;
  readonly #links: LinkOwner;
  readonly #options: SessionOptions;
  readonly #streams: StreamTable;
  readonly #acknowledger: Acknowledger;
  readonly #heartbeat: Heartbeat;
  readonly #ending: Ending;
  readonly #reception: Reception;
  #transmitter: Transmitter;
  #terms: Terms | undefined;
  #link: Link | undefined;
  /** A frame is being handled: what it causes is transmitted after it. */
  #isReceiving = false;

  constructor(options: SessionOptions, host: SessionHost, links: LinkOwner) {
    this.#options = options;
    this.#host = host;
    this.#links = links;
    this.#ending = new Ending(links.role);
    this.#transmitter = new Transmitter(this);
    this.#acknowledger = new Acknowledger(this);
    this.#heartbeat = new Heartbeat(options.heartbeatMs);
    this.#streams = new StreamTable(this, options);
    const parts = { streams: this.#streams, acknowledger: this.#acknowledger };
    this.#reception = new Reception(host, options, parts);
  }

  /** The stream that needs no name. */
  get main(): SessionStream {
    return this.#streams.main;
  }

  /** "closing" after `close` of either end. */
  get phase(): "open" | "closing" | "ended" {
    return this.#ending.phase;
  }

  get link(): Link | undefined {
    return this.#link;
  }

  /** Payload bytes accepted and not yet started by the other end, of all streams. */
  get bufferedAmount(): number {
    return this.#streams.buffered.bytes;
  }

  get bufferedMessages(): number {
    return this.#streams.buffered.messages;
  }

  /** Payload bytes received and not yet settled, of all streams. */
  get heldBytes(): number {
    return this.#reception.heldBytes;
  }

  /** What the other end is told when the session opens. */
  get terms(): Terms {
    const { messageBytesMax, streamsMax, window } = this.#options;
    return { messageBytesMax, streamsMax, window, streamWindow };
  }

  /** What the other end takes, once the session is open. */
  get peerTerms(): Terms {
    return this.#terms!;
  }

  /** Where a resume goes on: how far this end is with each stream of the other. */
  get positions(): StreamPosition[] {
    return Array.from(this.#streams.incoming(), ({ receiving }) => receiving!.position);
  }

  /**
   * The stream of this name, which is made if there is none. The first call decides about kind and priority.
   *
   * @throws {RangeError} past `streamsMax` streams, or for a name of no or of over 128 characters.
   */
  stream(name: string, options: StreamOptions = {}): SessionStream {
    return this.#streams.open(name, options, this.#terms?.streamsMax ?? this.#options.streamsMax);
  }

  accept(stream: SessionStream, payload: Payload, key: string): void {
    if (this.phase !== "open") throw new TypeError("The session takes no more messages: it is closing");
    const bytes = typeof payload === "string" ? utf8Bytes(payload) : payload.length;
    this.#streams.checkRoom(bytes, this.#terms?.messageBytesMax ?? this.#options.messageBytesMax);
    const { queueAgeMsMax } = this.#options;
    const now = queueAgeMsMax > 0 ? this.now() : 0;
    stream.sending.accept(payload, bytes, { key, acceptedAt: now });
    this.#transmitter.add(stream);
    // What a lossy stream cannot transmit at once, it forgets.
    const isNow = !this.#isReceiving || stream.kind === "lossy";
    if (this.#link !== undefined && isNow) this.#transmitter.pump(this.#link);
    if (queueAgeMsMax > 0 && stream.sending.isWaiting) this.wakeAt(now + queueAgeMsMax);
    if (stream.kind === "lossy") stream.sending.dropWaiting();
  }

  /** What the other end takes; told once, when the session opens. */
  setTerms(terms: Terms): void {
    this.#terms = terms;
    this.main.sending.setCredit(terms.window.messages, terms.window.bytes);
    for (const stream of this.#streams.all()) {
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
    this.wakeAt(this.#heartbeat.deadline);
    for (const stream of this.#streams.all()) this.#transmitter.add(stream);
    this.#work();
  }

  /**
   * Goes back to where the other end is.
   *
   * @throws {SessionError} SESSION_ACK_INVALID if it claims what was never sent.
   */
  rewind(positions: readonly StreamPosition[]): void {
    for (const stream of this.#streams.outgoing) {
      const position = positions.find((one) => one.stream === stream.sending.id);
      stream.sending.isNamed = position !== undefined;
      stream.sending.rewind(position ?? positionAtBegin(stream.sending.id, this.#terms!));
    }
  }

  /** The link is lost, or another one takes its place. */
  detach(): void {
    this.#link = undefined;
    this.#heartbeat.stop();
  }

  /** A frame from the link that the session is attached to. */
  receiveText(frame: string): void {
    this.#heartbeat.heard();
    this.#isReceiving = true;
    try {
      this.#takeText(frame);
    } catch (error) {
      this.#fail(error);
    }
    this.#isReceiving = false;
    this.#work();
  }

  /** A binary frame from the link that the session is attached to; its bytes are copied. */
  receiveBinary(frame: Uint8Array): void {
    this.#heartbeat.heard();
    this.#isReceiving = true;
    try {
      const header = readBinaryDataHeader(frame);
      const payload = new Uint8Array(frame.length - header.payloadStart);
      payload.set(frame.subarray(header.payloadStart));
      this.#receiveData(header, payload, payload.length);
    } catch (error) {
      this.#fail(error);
    }
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
    if (header.handled !== -1) this.#takeHandled(header.handled);
    this.#reception.receive(header, payload, bytes);
  }

  #takeHandled(handled: number): void {
    const before = this.#streams.buffered.messages;
    this.main.sending.acknowledgeHandled(handled);
    this.#transmitter.add(this.main);
    this.#noteFreed(before);
  }

  #noteFreed(messagesBefore: number): void {
    if (this.#streams.buffered.messages < messagesBefore) this.#host.onRoom();
  }

  #takeControl(frame: string): void {
    const word = wordOf(frame);
    switch (word) {
      case "ack":
        return this.#takeAck(frame);
      case "skip":
        return this.#reception.skip(frame);
      case "ping":
        return this.#link?.sendText(`pong ${readPing(frame)}`);
      case "pong":
        return this.#heartbeat.takePong(readPing(frame));
      case "stream":
        return this.#reception.name(frame);
      case "close":
        return this.#takeClose(frame);
      case "drain":
        readDrain(frame);
        return this.#ending.takeDrain();
      case "bye":
        return this.takeBye(frame);
      default:
        throw unexpectedFrame(word);
    }
  }

  #takeAck(frame: string): void {
    const ack = readAck(frame);
    const stream = this.#streams.outgoing[ack.stream];
    if (stream === undefined)
      throw new SessionError("SESSION_ACK_INVALID", { stream: ack.stream, what: "it was not named" });
    const before = this.#streams.buffered.messages;
    const bulkBytes = stream.sending.acknowledge(ack);
    if (stream.priority === "bulk") this.#transmitter.acknowledgeBulk(bulkBytes);
    this.#transmitter.add(stream);
    this.#noteFreed(before);
  }

  #takeClose(frame: string): void {
    const close = readClose(frame);
    const wasOpen = this.phase === "open";
    this.#ending.takeClose(close);
    if (this.#transmitter.isHoldingNew) this.#stopHolding();
    if (wasOpen) {
      this.wakeAt(this.#ending.startDeadline(this.now() + this.#options.closeTimeoutMs));
      this.#host.onClosing();
    }
  }

  /** What waited for the next session goes out in this one. */
  #stopHolding(): void {
    this.#transmitter.isHoldingNew = false;
    for (const stream of this.#streams.all()) this.#transmitter.add(stream);
  }

  /**
   * The session is over, and the other end has handled everything. It may also answer a resume.
   *
   * @throws {SessionError} SESSION_FRAME_UNEXPECTED if neither end wished for it.
   */
  takeBye(frame: string): void {
    const retryAfterMs = readBye(frame).retryAfterMs;
    const close = this.#ending.agreedClose;
    if (close === undefined && retryAfterMs === undefined)
      throw new SessionError("SESSION_FRAME_UNEXPECTED", { what: "bye" });
    for (const { sending } of this.#streams.outgoing) sending.acknowledgeAll();
    if (retryAfterMs === undefined) this.finish({ ...close!, wasClean: true });
    else this.#links.onDrained(retryAfterMs);
  }

  noteTaken(stream: SessionStream): void {
    this.#acknowledger.note(stream);
    // The session may end by it, which nobody is to hear of before the message.
    if (this.#ending.isUnderWay) this.wakeAt(this.now());
  }

  noteSettled(stream: SessionStream): void {
    this.#acknowledger.note(stream);
    this.#acknowledger.feedStarving();
    if (!this.#isReceiving) this.#work();
  }

  now(): number {
    return this.#links.now();
  }

  wakeAt(timeMs: number): void {
    if (timeMs !== never) this.#links.wakeAt(timeMs);
  }

  get handledToSay(): number {
    return this.main.isAckDue ? this.main.receiving!.handled : -1;
  }

  noteHandledSaid(): void {
    this.main.isAckDue = false;
  }

  number(stream: SessionStream): void {
    const { messages, bytes } = this.#terms!.streamWindow;
    if (this.#streams.number(stream)) stream.sending.setCredit(messages, bytes);
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
    const step = this.#ending.nextStep(progressOf([...this.#streams.all()]));
    this.#transmitter.isHoldingNew = this.#ending.isHoldingNew;
    if (step === undefined) return;
    this.#acknowledger.sendDue(this.#streams.incoming());
    link.sendText(writeControl(step.word, step.members));
    if (step.end !== undefined) this.finish(step.end);
    else this.#workOnEnding();
  }

  /** Ends the session after what was accepted was delivered, within `closeTimeoutMs`. */
  close(code = 1000, reason = ""): void {
    if (this.phase !== "open") return;
    this.#ending.close({ code, reason });
    this.wakeAt(this.#ending.startDeadline(this.now() + this.#options.closeTimeoutMs));
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
    const isSaid =
      error !== undefined && error.code !== "SESSION_TERMINATED" && error.code !== "SESSION_LOST";
    const [code, reason] = isSaid ? [error.closeCode, error.message] : [1006, ""];
    const gap = this.gap(false);
    this.finish({ code, reason, wasClean: false, gap, ...(error === undefined ? {} : { error }) });
  }

  /** Ends the session with these words, without a word to the other end but for `end.error`. */
  finish(end: SessionEnd): void {
    if (this.phase === "ended") return;
    const link = this.#link;
    this.#ending.finish();
    this.detach();
    if (link !== undefined) this.#links.endLink(link, end.error);
    this.#links.onEnd(end);
    this.#host.onEnd(end);
  }

  /**
   * What is not known of the other end, if the session were lost now. What was never transmitted goes out in the next
   * session; if there is none, it is part of the gap, too.
   */
  gap(isFollowed: boolean): Gap {
    return gapOf(this.#streams, isFollowed, streamWindow.messages);
  }

  /** Begins a new session with what was accepted and cannot have arrived; the streams stay the same objects. */
  renew(): void {
    this.detach();
    this.#ending.renew();
    this.#terms = undefined;
    this.#streams.renew();
    this.#acknowledger.renew();
    this.#reception.renew();
    for (const stream of this.#streams.all()) {
      stream.sending.reset();
      stream.isQueued = false;
    }
    this.#transmitter = new Transmitter(this);
    this.#host.onRoom();
  }

  /** The streams as another process needs them. */
  export(): StreamState[] {
    return Array.from(this.#streams.all(), (stream) => stream.export(this.now()));
  }

  /** Goes on where another process stopped. A resume has to follow. */
  import(streams: readonly StreamState[], terms: Terms): void {
    this.#terms = terms;
    for (const state of streams) {
      const stream = state.name === "" ? this.main : this.#streams.add(state.name, state);
      stream.sending.import(state.sending, this.now());
      this.#streams.setOutgoing(stream);
      if (state.receiving !== undefined) this.#reception.import(stream, state.receiving);
    }
  }

  handleTimeout(): void {
    const now = this.now();
    if (now >= this.#acknowledger.deadline) this.#acknowledger.sendDue(this.#streams.incoming());
    if (this.#link !== undefined) this.#checkHeartbeat(this.#link, now);
    if (this.#ending.isUnderWay) this.#work();
    if (now >= this.#ending.deadline) this.end(undefined);
    this.#expire(now);
    const next = Math.min(this.#acknowledger.deadline, this.#heartbeat.deadline, this.#ending.deadline);
    if (this.phase !== "ended") this.wakeAt(next);
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
    this.wakeAt(this.#heartbeat.deadline);
  }

  /** Whether a ping waits for its pong. */
  get isProbing(): boolean {
    return this.#heartbeat.isProbing;
  }

  #expire(now: number): void {
    const { queueAgeMsMax } = this.#options;
    if (queueAgeMsMax <= 0) return;
    const before = this.#streams.buffered.messages;
    for (const stream of this.#streams.all()) {
      for (const payload of stream.sending.expire(now, queueAgeMsMax))
        this.#host.onExpired(stream, { payload, reason: "expired" });
    }
    this.#noteFreed(before);
    this.wakeAt(this.#streams.oldestAcceptedAt + queueAgeMsMax);
  }

  /** Changes what the other end may send before handlers have settled, from the next acknowledgement on. */
  setWindow(window: Window): void {
    this.#reception.setWindow(window);
  }

  /** Acknowledges everything at once, stream 0 in any case: the other end knows that this one has its answer. */
  confirm(): void {
    this.main.isAckDue = true;
    this.#acknowledger.sendDue(this.#streams.incoming());
  }
}
