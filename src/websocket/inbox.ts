/** A received message as it came: text, or binary that `binaryType` has yet to shape. */
export type Message = string | Buffer;

/** What each waiting message counts besides its payload. */
const messageOverheadBytes = 64;

/** Why messages wait; several reasons may hold at once. */
const Waiting = {
  /** The connection handler has not returned, or what it returned has not resolved. */
  ForConnectionHandler: 1,
  /** `pause()` was called. */
  ForResume: 2,
  /** A listener's promise has not settled. */
  ForListener: 4,
  /** An iterator exists and has not been asked for the next message. */
  ForReader: 8,
} as const;

type Waiting = (typeof Waiting)[keyof typeof Waiting];

export interface InboxOwner {
  /** Calls the listeners; a promise holds back the next message until it settles. */
  deliver(message: Message): PromiseLike<unknown> | undefined;
  /** A promise that `deliver` returned was rejected. */
  handleRejection(error: unknown): void;
  /** The read-ahead is used up: read no more from the transport, or go on. */
  setReading(isReading: boolean): void;
  /** Whatever was read but not yet given to listeners is read as `binaryType` says. */
  shape(message: Message): string | Buffer | ArrayBuffer | Blob;
}

const over = { done: true, value: undefined } as const;

interface Pull {
  resolve(result: IteratorResult<string | Buffer | ArrayBuffer | Blob, undefined>): void;
}

/**
 * Received messages on their way to the application: one at a time and in order where listeners return promises or an
 * iterator reads. What has to wait is bounded by `readAheadBytesMax`; past it nothing more is read from the peer.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #readAheadBytesMax: number;
  #waiting = 0;
  /** Messages, and what is to happen after those before it; undefined while there is nothing. */
  #queue: (Message | (() => void))[] | undefined;
  #queuedBytes = 0;
  #isReading = true;
  #hasEnded = false;
  #hasReader = false;
  #pull: Pull | undefined;

  constructor(owner: InboxOwner, readAheadBytesMax: number) {
    this.#owner = owner;
    this.#readAheadBytesMax = readAheadBytesMax;
  }

  /** Whether a message would be delivered at once. */
  get isFlowing(): boolean {
    return this.#waiting === 0 && this.#queue === undefined;
  }

  /** Whether reading from the peer has stopped, so that its silence says nothing. */
  get isHoldingPeer(): boolean {
    return !this.#isReading;
  }

  get isPaused(): boolean {
    return (this.#waiting & Waiting.ForResume) !== 0;
  }

  /** Whether the connection handler still holds everything back. */
  get isHeld(): boolean {
    return (this.#waiting & Waiting.ForConnectionHandler) !== 0;
  }

  /** Holds everything back, events included, until `release`. */
  hold(): void {
    this.#waiting |= Waiting.ForConnectionHandler;
  }

  release(): void {
    this.#stopWaiting(Waiting.ForConnectionHandler);
  }

  pause(): void {
    this.#waiting |= Waiting.ForResume;
  }

  resume(): void {
    this.#stopWaiting(Waiting.ForResume);
  }

  /** Delivers the message, or keeps it until it may be. */
  receive(message: Message): void {
    if (this.isFlowing) this.#deliver(message);
    else this.#enqueue(message);
  }

  /** Calls `action` after the messages before it. A listener that never settles does not hold it back by itself. */
  afterQueued(action: () => void): void {
    if (this.#queue === undefined && !this.isHeld) action();
    else (this.#queue ??= []).push(action);
  }

  /** Forgets the messages that wait: the connection was given up by our own side. */
  dropMessages(): void {
    const actions = this.#queue?.filter((item) => typeof item === "function");
    this.#queue = actions?.length === 0 ? undefined : actions;
    this.#queuedBytes = 0;
    this.#drain();
  }

  /** No message will follow: iterators end. */
  end(): void {
    this.#hasEnded = true;
    this.#pull?.resolve(over);
    this.#pull = undefined;
  }

  /** An iterator; each message is handed to it when it asks, and counts as handled when it asks again. */
  read(): AsyncIterableIterator<string | Buffer | ArrayBuffer | Blob, undefined> {
    if (this.#hasReader)
      throw new TypeError("This socket is being iterated already; one iterator reads at a time");
    this.#hasReader = true;
    this.#waiting |= Waiting.ForReader;
    this.release();
    let isOver = false;
    return {
      next: () => (isOver ? Promise.resolve(over) : this.#next()),
      return: () => {
        if (!isOver) this.#stopReading();
        isOver = true;
        return Promise.resolve(over);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** The iterator is done. What it has asked for and not got, it does not get any more. */
  #stopReading(): void {
    this.#hasReader = false;
    this.#pull?.resolve(over);
    this.#pull = undefined;
    this.#stopWaiting(Waiting.ForReader);
  }

  #next(): Promise<IteratorResult<string | Buffer | ArrayBuffer | Blob, undefined>> {
    if (this.#hasEnded && this.#queue === undefined) return Promise.resolve(over);
    if (this.#pull !== undefined) {
      return Promise.reject(new TypeError("The iterator was asked for a message while it waits for one"));
    }
    return new Promise((resolve) => {
      this.#pull = { resolve };
      this.#stopWaiting(Waiting.ForReader);
    });
  }

  #enqueue(message: Message): void {
    (this.#queue ??= []).push(typeof message === "string" ? message : detach(message));
    this.#queuedBytes += retainedBytesOf(message);
    if (this.#isReading && this.#queuedBytes > this.#readAheadBytesMax) this.#setReading(false);
  }

  #stopWaiting(reason: Waiting): void {
    this.#waiting &= ~reason;
    this.#drain();
  }

  #drain(): void {
    while (this.#queue !== undefined) {
      const item = this.#queue[0]!;
      if (typeof item === "function" ? this.isHeld : this.#waiting !== 0) break;
      this.#queue.shift();
      if (this.#queue.length === 0) this.#queue = undefined;
      if (typeof item === "function") {
        item();
      } else {
        this.#queuedBytes -= retainedBytesOf(item);
        this.#deliver(item);
      }
    }
    if (!this.#isReading && this.#queuedBytes <= this.#readAheadBytesMax / 2) this.#setReading(true);
  }

  #deliver(message: Message): void {
    // Held while the listener runs, so that a `resume()` inside it does not start the next message within this one.
    this.#waiting |= Waiting.ForListener;
    const pending = this.#owner.deliver(message);
    if (pending === undefined) this.#waiting &= ~Waiting.ForListener;
    else this.#awaitListener(pending);
    if (this.#pull === undefined) return;
    const pull = this.#pull;
    this.#pull = undefined;
    this.#waiting |= Waiting.ForReader;
    pull.resolve({ done: false, value: this.#owner.shape(message) });
  }

  #awaitListener(pending: PromiseLike<unknown>): void {
    pending.then(
      () => this.#stopWaiting(Waiting.ForListener),
      (error: unknown) => {
        this.#owner.handleRejection(error);
        this.#stopWaiting(Waiting.ForListener);
      },
    );
  }

  #setReading(isReading: boolean): void {
    this.#isReading = isReading;
    this.#owner.setReading(isReading);
  }
}

function retainedBytesOf(message: Message): number {
  // A string takes one or two bytes for a unit; count the worse.
  return messageOverheadBytes + (typeof message === "string" ? message.length * 2 : message.length);
}

/**
 * A copy of a message that is a small part of the chunk it came in, which it would otherwise retain. Its memory is its
 * own, as one of Node's pool would hold a pool.
 */
function detach(message: Buffer): Buffer {
  if (message.length * 2 >= message.buffer.byteLength) return message;
  const copy = Buffer.allocUnsafeSlow(message.length);
  message.copy(copy);
  return copy;
}
