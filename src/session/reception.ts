import { readSkip } from "./ack.ts";
import { type Acknowledger, nameless } from "./acknowledger.ts";
import { readStreamName } from "./control-frame.ts";
import type { DataHeader } from "./data-header.ts";
import { SessionError } from "./errors.ts";
import type { Payload } from "./message.ts";
import { ReceivePool } from "./receive-pool.ts";
import { type ReceiveLimits, type ReceiveState, ReceiveStream, type Window } from "./receive-stream.ts";
import { sessionDefaults } from "./session-defaults.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionStream } from "./session-stream.ts";
import type { StreamTable } from "./stream-table.ts";

const payloadBytesMax = sessionDefaults.framePayloadBytesMax;
/** What the other end may send on each stream that it names, before it is given more. */
export const streamWindow: Window = { messages: 16, bytes: 16 * 1024 };
const noWindow: Window = { messages: 0, bytes: 0 };

/** Whom the reception tells. */
export interface ReceptionHost {
  onReadable(stream: SessionStream): void;
  onStream(stream: SessionStream): void;
}

/** What the other end sends: messages of its streams, within the memory that the session has for them. */
export class Reception {
  readonly #host: ReceptionHost;
  readonly #options: SessionOptions;
  readonly #streams: StreamTable;
  readonly #acknowledger: Acknowledger;
  readonly #limits: ReceiveLimits;
  #pool: ReceivePool;

  constructor(
    host: ReceptionHost,
    options: SessionOptions,
    parts: { streams: StreamTable; acknowledger: Acknowledger },
  ) {
    this.#host = host;
    this.#options = options;
    this.#streams = parts.streams;
    this.#acknowledger = parts.acknowledger;
    this.#limits = { messageBytesMax: options.messageBytesMax, window: options.window };
    this.#pool = new ReceivePool(options.receiveBytesMax, options.messageBytesMax);
    parts.streams.main.receiving = this.#receiver(0, options.window);
  }

  #receiver(id: number, initial: Window): ReceiveStream {
    return new ReceiveStream(id, initial, { limits: this.#limits, pool: this.#pool });
  }

  /** Payload bytes received and not yet settled, of all streams. */
  get heldBytes(): number {
    let bytes = 0;
    for (const { receiving } of this.#streams.all()) bytes += receiving?.heldBytes ?? 0;
    return bytes;
  }

  /**
   * Takes a message, or a part of one.
   *
   * @throws {SessionError} if it is not the next, too long, or more than there is credit for.
   */
  receive(header: DataHeader, payload: Payload, bytes: number): void {
    if (bytes > payloadBytesMax) {
      const what = `${bytes} payload bytes, the limit is ${payloadBytesMax}`;
      throw new SessionError("SESSION_FRAME_INVALID", { what });
    }
    const stream = this.#streams.incomingOf(header.stream);
    const receiving = stream.receiving!;
    const isComplete = receiving.receive(header, payload, bytes);
    // Whoever sends bulk waits for it, to find out how much the path takes.
    if (receiving.isBulk) this.#acknowledger.send(stream);
    else this.#acknowledger.note(stream);
    if (isComplete) this.#host.onReadable(stream);
  }

  /** @throws {SessionError} if the frame is not valid, or the numbers are not the next. */
  skip(frame: string): void {
    const { stream: id, from, to } = readSkip(frame);
    const stream = this.#streams.incomingOf(id);
    stream.receiving!.skip(from, to);
    this.#acknowledger.note(stream);
  }

  /** @throws {SessionError} if the frame is not valid, number or name are taken, or there are too many. */
  name(frame: string): void {
    const named = readStreamName(frame);
    const { stream: id, name, kind, priority } = named;
    const asked = this.#streams.find(name);
    const isTaken = (asked?.receiving?.id ?? nameless) !== nameless;
    if (!this.#streams.isNewName(named, isTaken)) return;
    const stream = asked ?? this.#streams.add(name, { kind, priority });
    const receiving = this.#receiver(id, streamWindow);
    receiving.isBulk = priority === "bulk";
    setReceiver(stream, receiving);
    this.#streams.setIncoming(id, stream);
    this.#acknowledger.send(stream);
    if (asked === undefined) this.#host.onStream(stream);
  }

  /** Changes what the other end may send before handlers have settled, from the next acknowledgement on. */
  setWindow(window: Window): void {
    this.#limits.window = window;
    for (const stream of this.#streams.incoming())
      if (stream.receiving!.isCreditDue) this.#acknowledger.note(stream);
  }

  /** Goes on where another process stopped. */
  import(stream: SessionStream, state: ReceiveState): void {
    stream.receiving ??= this.#receiver(state.id, noWindow);
    stream.receiving.import(state);
    if (state.id > 0) this.#streams.setIncoming(state.id, stream);
    if (stream.isReadable) this.#host.onReadable(stream);
  }

  /** Another session follows: what has come and was not handled still is. */
  renew(): void {
    this.#pool = new ReceivePool(this.#options.receiveBytesMax, this.#options.messageBytesMax);
    for (const stream of this.#streams.all()) {
      const isMain = stream === this.#streams.main;
      setReceiver(stream, this.#receiver(isMain ? 0 : nameless, isMain ? this.#limits.window : noWindow));
    }
  }
}

/** A receiver in the place of another, of which it takes over what was not handled. */
function setReceiver(stream: SessionStream, receiving: ReceiveStream): void {
  stream.receiving?.leaveTo(receiving);
  stream.receiving = receiving;
}
