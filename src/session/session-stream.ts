import type {
  Payload,
  ReceivedMessage,
  SendOptions,
  StreamKind,
  StreamOptions,
  StreamPriority,
} from "./message.ts";
import type { ReceiveStream } from "./receive-stream.ts";
import type { StreamState } from "./session-state.ts";
import { type Buffered, SendStream } from "./send-stream.ts";

/** What a stream asks of the session that it belongs to. */
export interface StreamOwner {
  readonly phase: "open" | "closing" | "ended";
  accept(stream: SessionStream, payload: Payload, key: string): void;
  /** A message was taken: its handler begins when this has returned. */
  noteTaken(stream: SessionStream): void;
  /** A message has settled. */
  noteSettled(stream: SessionStream): void;
}

/** One ordered flow of a session, both ways: the streams of the same name in both directions. */
export class SessionStream {
  /** "" for the stream that needs no name. */
  readonly name: string;
  readonly kind: StreamKind;
  readonly priority: StreamPriority;
  /** Where the other end's messages of this name arrive; undefined until it named the stream. */
  receiving: ReceiveStream | undefined;
  readonly sending: SendStream;
  /** Whether the transmitter has it on its list. */
  isQueued = false;
  /** Whether something is to be acknowledged. */
  isAckDue = false;
  readonly #owner: StreamOwner;

  constructor(owner: StreamOwner, name: string, options: StreamOptions & { buffered: Buffered }) {
    this.name = name;
    this.kind = options.kind ?? "reliable";
    this.priority = options.priority ?? "interactive";
    this.sending = new SendStream(this.kind, options.buffered);
    this.#owner = owner;
  }

  /** Payload bytes accepted and not yet started by the other end. */
  get bufferedAmount(): number {
    return this.sending.bufferedBytes;
  }

  /** Messages of a `latest` or `lossy` stream that were left out. */
  get droppedMessages(): number {
    return this.sending.droppedMessages;
  }

  /** Whether no more messages are accepted. */
  get isClosing(): boolean {
    return this.#owner.phase !== "open";
  }

  /** Messages that have come and were not taken. */
  get readableMessages(): number {
    return this.receiving?.readableMessages ?? 0;
  }

  /** Whether `take` returns a message. */
  get isReadable(): boolean {
    return this.receiving?.isReadable ?? false;
  }

  /**
   * Accepts a message. Bytes are not copied: the caller does not change them any more.
   *
   * @throws {TypeError} if the session is closing.
   * @throws {BufferFullError} if too much waits; nothing was accepted.
   * @throws {RangeError} if the message is longer than the other end takes.
   */
  send(payload: Payload, options?: SendOptions): void {
    this.#owner.accept(this, payload, options?.key ?? "");
  }

  /**
   * The next message, whose handler begins now. Undefined if there is none, or if the one before has not settled.
   * After it call `settle`.
   */
  take(): ReceivedMessage | undefined {
    const message = this.receiving?.take();
    if (message !== undefined) this.#owner.noteTaken(this);
    return message;
  }

  /** The stream as another process needs it. */
  export(now: number): StreamState {
    const { name, kind, priority, sending, receiving } = this;
    return { name, kind, priority, sending: sending.export(now), receiving: receiving?.export() };
  }

  /** The handler of the message taken has settled, by value or by error. Without effect if there is none. */
  settle(): void {
    if (this.receiving?.settle() === true) this.#owner.noteSettled(this);
  }
}
