import {
  type ExpiredMessage,
  type Gap,
  sessionDefaults,
  type SessionEnd,
  SessionError,
  type SessionHost,
  type StreamOptions,
} from "../session/index.ts";
import { hasListener } from "./event-target.ts";
import { CloseEvent, ErrorEvent, type SocketEvent } from "./events.ts";
import { fire } from "./fire.ts";
import {
  type AnyStream,
  createMessageStream,
  incomingOf,
  type MessageStream,
  noteRoom,
  type SendingSession,
  whenSent,
} from "./message-stream.ts";
import { ExpiredEvent, GapEvent, type SessionEventMap, StreamEvent } from "./session-events.ts";
import type { SessionFaceOptions, SessionPort, StreamPort } from "./session-port.ts";

/** The states of the standard. */
export const ReadyState = { Connecting: 0, Open: 1, Closing: 2, Closed: 3 } as const;
export type ReadyState = (typeof ReadyState)[keyof typeof ReadyState];

/** What a connection says of itself. */
export interface SessionDetails {
  readonly url: string;
  readonly protocol: string;
}

/** The connection, as what is behind it knows it. */
type Face = MessageStream<SessionEventMap>;

/**
 * What is behind a connection: the machine beneath calls it, and it raises the events. A server's begins held: no message
 * is delivered and no stream announced before `release`, when the connection handler has returned.
 */
export class SessionCore implements SendingSession, SessionHost {
  readonly options: SessionFaceOptions;
  details: SessionDetails;
  #port: SessionPort | undefined;
  #face: Face | undefined;
  #readyState: ReadyState;
  #isHeld: boolean;
  /** Those with a name that were asked for. */
  #streams: Map<string, MessageStream> | undefined;
  /** Named by the other end, and not announced yet. */
  #announcements: StreamPort[] | undefined;
  /** Who waits for room. */
  #writers: (() => void)[] | undefined;
  #end: SessionEnd | undefined;
  #isTerminated = false;
  /** `close` was called: what nobody listens to is let go. */
  #isDiscarding = false;

  constructor(options: SessionFaceOptions, details: SessionDetails) {
    this.options = options;
    this.details = details;
    this.#readyState = options.isServer ? ReadyState.Open : ReadyState.Connecting;
    this.#isHeld = options.isServer;
  }

  get readyState(): ReadyState {
    return this.#readyState;
  }

  get isOpen(): boolean {
    return this.#readyState <= ReadyState.Open;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** To be called before anything else, `setFace` next. */
  setPort(port: SessionPort): void {
    this.#port = port;
  }

  setFace(face: Face): void {
    this.#face = face;
  }

  get face(): Face {
    return this.#face!;
  }

  get port(): SessionPort {
    return this.#port!;
  }

  /** A client's first session is open. */
  open(event: SocketEvent): void {
    if (this.#readyState !== ReadyState.Connecting) return;
    this.#readyState = ReadyState.Open;
    this.raise(event);
  }

  /** Calls the connection's listeners of the event. */
  raise(event: SocketEvent): void {
    fire(this.face, event, this.options.log);
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    for (const stream of this.#allStreams()) incomingOf(stream).release();
    this.announce();
  }

  stream(name: string, options?: StreamOptions): MessageStream {
    const port = this.port.stream(name, options);
    this.#announcements = this.#announcements?.filter((one) => one !== port);
    return this.#streams?.get(name) ?? this.#addStream(port);
  }

  /** Tells of the streams that the other end named, if somebody listens. */
  announce(): void {
    const ports = this.#announcements;
    if (ports === undefined || this.#isHeld || !hasListener(this.face, "stream")) return;
    this.#announcements = undefined;
    for (const port of ports) this.raise(new StreamEvent(this.face, this.#addStream(port)));
  }

  writable(): Promise<void> {
    if (this.#hasRoom || this.#end !== undefined) return Promise.resolve();
    return new Promise((resolve) => (this.#writers ??= []).push(resolve));
  }

  /** Blobs that are being read go before the end. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.#readyState = ReadyState.Closing;
    this.#isDiscarding = true;
    for (const announced of this.#announcements ?? []) this.#addStream(announced);
    for (const stream of this.#allStreams()) incomingOf(stream).discardUnheard();
    const unsent = this.#allStreams()
      .map(whenSent)
      .filter((sent) => sent !== undefined);
    const close = (): void => this.port.close(code, reason);
    if (unsent.length === 0) return close();
    void Promise.all(unsent).then(close);
    // They may wait for room that there never will be.
    this.options.after(sessionDefaults.sessionCloseTimeoutMs, close);
  }

  terminate(): void {
    if (this.#end !== undefined) return;
    this.#isTerminated = true;
    for (const stream of this.#allStreams()) incomingOf(stream).drop();
    this.port.terminate();
  }

  /** What waits behind a handler that never settles would wait for ever, and the end of the session with it. */
  handleTimeout(): void {
    for (const stream of this.#allStreams()) incomingOf(stream).drop();
    if (this.#end !== undefined) return this.#endStreams();
    this.port.end(new SessionError("SESSION_HANDLER_TIMEOUT", { limitMs: this.options.handlerTimeoutMs }));
  }

  handleOver(port: StreamPort): void {
    if (port === this.port.main) this.#finish();
  }

  onReadable(port: StreamPort): void {
    const stream = this.#streamOf(port) ?? (this.#isDiscarding ? this.#addStream(port) : undefined);
    if (stream !== undefined) incomingOf(stream).receive();
  }

  onRoom(): void {
    if (this.#writers !== undefined && this.#hasRoom) this.#resolveWriters();
    noteRoom(this.face);
    if (this.#streams !== undefined) for (const stream of this.#streams.values()) noteRoom(stream);
  }

  onStream(port: StreamPort): void {
    (this.#announcements ??= []).push(port);
    this.announce();
  }

  onExpired(port: StreamPort, message: ExpiredMessage): void {
    const stream = this.#streamOf(port);
    if (stream !== undefined) fire(stream, new ExpiredEvent(stream, message), this.options.log);
  }

  onGap(gap: Gap): void {
    if (gap.sent.length + gap.received.length > 0) this.raise(new GapEvent(this.face, gap));
  }

  onClosing(): void {
    this.#readyState = ReadyState.Closing;
  }

  /** The close event follows the messages that are there. */
  onEnd(end: SessionEnd): void {
    this.#readyState = ReadyState.Closing;
    this.#end = end;
    this.#resolveWriters();
    this.#endStreams();
  }

  #endStreams(): void {
    for (const stream of this.#allStreams()) incomingOf(stream).end();
  }

  get #hasRoom(): boolean {
    const { bufferedBytesMax, bufferedMessagesMax } = this.options;
    const { bufferedAmount, bufferedMessages } = this.port;
    return bufferedAmount * 2 <= bufferedBytesMax && bufferedMessages * 2 <= bufferedMessagesMax;
  }

  #addStream(port: StreamPort): MessageStream {
    const stream = createMessageStream(this, port);
    if (this.#isDiscarding) incomingOf(stream).discardUnheard();
    (this.#streams ??= new Map()).set(port.name, stream);
    return stream;
  }

  #streamOf(port: StreamPort): AnyStream | undefined {
    return port === this.port.main ? this.#face : this.#streams?.get(port.name);
  }

  #allStreams(): AnyStream[] {
    return [this.face, ...(this.#streams?.values() ?? [])];
  }

  #resolveWriters(): void {
    const writers = this.#writers;
    this.#writers = undefined;
    for (const resolve of writers ?? []) resolve();
  }

  #finish(): void {
    if (this.#readyState === ReadyState.Closed) return;
    this.#readyState = ReadyState.Closed;
    const { error, gap, ...end } = this.#end!;
    if (gap !== undefined) this.onGap(gap);
    if (error !== undefined && !this.#isTerminated) this.raise(new ErrorEvent(this.face, error));
    this.raise(new CloseEvent(this.face, end));
  }
}
