import type { StreamName } from "./control-frame.ts";
import { BufferFullError, SessionError } from "./errors.ts";
import type { StreamOptions } from "./message.ts";
import type { Buffered } from "./send-stream.ts";
import type { SessionOptions } from "./session-options.ts";
import { SessionStream, type StreamOwner } from "./session-stream.ts";

const nameCharactersMax = 128;

/** The streams of a session: by name, and by the numbers that each end has given to those that it sends on. */
export class StreamTable {
  readonly main: SessionStream;
  /** What was accepted on all streams, and not yet started by the other end. */
  readonly buffered: Buffered = { bytes: 0, messages: 0 };
  readonly #owner: StreamOwner;
  readonly #options: SessionOptions;
  #byName: Map<string, SessionStream> | undefined;
  #outgoing: SessionStream[];
  #incoming: Map<number, SessionStream> | undefined;

  constructor(owner: StreamOwner, options: SessionOptions) {
    this.#owner = owner;
    this.#options = options;
    this.main = new SessionStream(owner, "", { buffered: this.buffered });
    this.main.sending.id = 0;
    this.#outgoing = [this.main];
  }

  /** Every stream, the one without a name first. */
  *all(): IterableIterator<SessionStream> {
    yield this.main;
    if (this.#byName !== undefined) yield* this.#byName.values();
  }

  /** The streams that the other end sends on, as far as it has named them. */
  *incoming(): IterableIterator<SessionStream> {
    yield this.main;
    if (this.#incoming !== undefined) yield* this.#incoming.values();
  }

  /** The streams that this end sends on in this session, by their numbers. */
  get outgoing(): readonly SessionStream[] {
    return this.#outgoing;
  }

  /** Whether the other end may name more streams. */
  get mayNameMore(): boolean {
    return (this.#incoming?.size ?? 0) < this.#options.streamsMax;
  }

  /**
   * Throws if a message of so many bytes may not be accepted; `limit` is what the other end takes.
   *
   * @throws {RangeError} if it is too long.
   * @throws {BufferFullError} if too much waits already.
   */
  checkRoom(bytes: number, limit: number): void {
    const { bufferedBytesMax, bufferedMessagesMax } = this.#options;
    const { bytes: waiting, messages } = this.buffered;
    if (bytes > limit)
      throw new RangeError(`The message has ${bytes} bytes, the limit is ${limit} (messageBytesMax)`);
    if (waiting + bytes > bufferedBytesMax) throw new BufferFullError(waiting, bufferedBytesMax, "bytes");
    if (messages >= bufferedMessagesMax) throw new BufferFullError(messages, bufferedMessagesMax, "messages");
  }

  /** When the message that waits longest for its number was accepted; infinity if none waits. */
  get oldestAcceptedAt(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { sending } of this.all()) oldest = Math.min(oldest, sending.oldestAcceptedAt ?? oldest);
    return oldest;
  }

  find(name: string): SessionStream | undefined {
    return this.#byName?.get(name);
  }

  /**
   * The stream of this name, which is made if there is none.
   *
   * @throws {RangeError} past `streamsMax` streams, or for a name of no or of over 128 characters.
   */
  open(name: string, options: StreamOptions, streamsMax: number): SessionStream {
    const known = this.find(name);
    if (known !== undefined) return known;
    if (name.length === 0 || name.length > nameCharactersMax)
      throw new RangeError(
        `The name of a stream has 1 to ${nameCharactersMax} characters, not ${name.length}`,
      );
    const limit = Math.min(this.#options.streamsMax, streamsMax);
    if ((this.#byName?.size ?? 0) >= limit)
      throw new RangeError(`A session has at most ${limit} named streams`);
    return this.add(name, options);
  }

  add(name: string, options: StreamOptions): SessionStream {
    const stream = new SessionStream(this.#owner, name, { ...options, buffered: this.buffered });
    (this.#byName ??= new Map()).set(name, stream);
    return stream;
  }

  /** Gives a number to a stream that has none; returns whether it had none. */
  number(stream: SessionStream): boolean {
    if (stream.sending.id !== -1) return false;
    stream.sending.id = this.#outgoing.length;
    this.#outgoing.push(stream);
    return true;
  }

  /** The stream has its number from another process. */
  setOutgoing(stream: SessionStream): void {
    if (stream.sending.id !== -1) this.#outgoing[stream.sending.id] = stream;
  }

  /**
   * The stream that the other end sends on under this number.
   *
   * @throws {SessionError} SESSION_STREAM_INVALID if it has not named one.
   */
  incomingOf(id: number): SessionStream {
    const stream = id === 0 ? this.main : this.#incoming?.get(id);
    if (stream === undefined)
      throw new SessionError("SESSION_STREAM_INVALID", { stream: id, what: "has no name" });
    return stream;
  }

  /**
   * Whether the other end names a stream for the first time.
   *
   * @throws {SessionError} SESSION_STREAM_INVALID if number or name are taken, or there are too many.
   */
  isNewName({ stream: id, name }: StreamName, isTaken: boolean): boolean {
    const known = this.#incoming?.get(id);
    if (known?.name === name) return false;
    const invalid = (what: string) => new SessionError("SESSION_STREAM_INVALID", { stream: id, what });
    if (known !== undefined || id === 0 || isTaken) throw invalid("is named already");
    if (!this.mayNameMore) throw invalid(`is one of more than ${this.#options.streamsMax}`);
    return true;
  }

  setIncoming(id: number, stream: SessionStream): void {
    (this.#incoming ??= new Map()).set(id, stream);
  }

  /** Another session follows: no number holds any more. */
  renew(): void {
    this.#incoming = undefined;
    this.#outgoing = [this.main];
  }
}
