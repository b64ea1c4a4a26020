import type { Payload } from "../session/index.ts";
import { type BinaryType, type MessageData, shapeBinary } from "./binary-type.ts";
import { dispatch, hasListener, type SocketEventTarget } from "./event-target.ts";
import { MessageEvent } from "./events.ts";
import { raiseError } from "./fire.ts";
import { HandlerWatch } from "./handler-watch.ts";
import type { StreamEventMap } from "./session-events.ts";
import type { SessionFaceOptions, StreamPort } from "./session-port.ts";

/** Why messages wait; several reasons may hold at once. */
const Waiting = {
  /** The connection handler has not returned, or what it returned has not resolved. */
  ForConnectionHandler: 1,
  /** `pause()` was called. */
  ForResume: 2,
  /** A listener runs, or its promise has not settled. */
  ForListener: 4,
  /** An iterator exists and has not been asked for the next message. */
  ForReader: 8,
  /** The session was given up by this end: no message is delivered any more. */
  ForEver: 16,
} as const;

type Waiting = (typeof Waiting)[keyof typeof Waiting];

const whileHandled = Waiting.ForListener | Waiting.ForReader;
const over = { done: true, value: undefined } as const;

/** The session that a stream belongs to. */
export interface StreamSession {
  readonly options: SessionFaceOptions;
  /** The connection handler still holds messages back. */
  readonly isHeld: boolean;
  /** Ends that. */
  release(): void;
  /** A handler ran for longer than `handlerTimeoutMs`. */
  handleTimeout(): void;
  /** The session has ended, and the messages of the stream have been handed out. */
  handleOver(port: StreamPort): void;
}

/**
 * A stream's messages on their way to the application: one at a time, in order. Those that have to wait stay in the
 * session, which gives their sender no credit for more.
 */
export class IncomingMessages {
  readonly #port: StreamPort;
  readonly #session: StreamSession;
  readonly #target: SocketEventTarget<StreamEventMap>;
  binaryType: BinaryType;
  #waiting: number;
  /** A message was taken and its handlers have not settled. */
  #isHandling = false;
  #hasEnded = false;
  #isDiscarding = false;
  #hasReader = false;
  /** The iterator was asked for a message. */
  #pull: ((result: IteratorResult<MessageData, undefined>) => void) | undefined;
  /** Only where a handler has not settled at once. */
  #watch: HandlerWatch | undefined;

  constructor(port: StreamPort, session: StreamSession, target: SocketEventTarget<StreamEventMap>) {
    this.#port = port;
    this.#session = session;
    this.#target = target;
    this.binaryType = session.options.binaryType;
    this.#waiting = session.isHeld ? Waiting.ForConnectionHandler : 0;
  }

  get isPaused(): boolean {
    return (this.#waiting & Waiting.ForResume) !== 0;
  }

  /** Ends what `isHeld` began. */
  release(): void {
    this.#stopWaiting(Waiting.ForConnectionHandler);
  }

  pause(): void {
    this.#waiting |= Waiting.ForResume;
  }

  resume(): void {
    this.#stopWaiting(Waiting.ForResume);
  }

  /** Delivers what may be: to be called when a message has come, or somebody listens who did not. */
  receive(): void {
    while (this.#waiting === 0 && (this.#pull !== undefined || this.#isDiscarding || this.#isHeard)) {
      const message = this.#port.take();
      if (message === undefined) break;
      this.#deliver(message.payload);
    }
    if (this.#hasEnded) this.end();
  }

  /** This end closes: messages that nobody listens to are let go, as the other end waits for them to begin. */
  discardUnheard(): void {
    this.#isDiscarding = true;
    this.receive();
  }

  /** Nothing more is delivered. */
  drop(): void {
    this.#waiting |= Waiting.ForEver;
  }

  /** No message will follow those that are there, which go to whoever wants them: then iterators end. */
  end(): void {
    this.#hasEnded = true;
    const isWanted = this.#port.readableMessages > 0 && (this.#hasReader || this.#isHeard);
    const { ForConnectionHandler, ForEver } = Waiting;
    if ((this.#waiting & ForConnectionHandler) !== 0 || (isWanted && (this.#waiting & ForEver) === 0)) return;
    this.#answer(over);
    this.#session.handleOver(this.#port);
  }

  /** An iterator; each message is handed to it when it asks, and counts as handled when it asks again. */
  read(): AsyncIterableIterator<MessageData, undefined> {
    if (this.#hasReader) throw new TypeError("This is being iterated already; one iterator reads at a time");
    this.#hasReader = true;
    this.#waiting |= Waiting.ForReader;
    this.#session.release();
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

  get #isHeard(): boolean {
    return hasListener(this.#target, "message");
  }

  #deliver(payload: Payload): void {
    // Held while the listener runs, so that nothing in it starts the next message within this one.
    this.#waiting |= Waiting.ForListener;
    const data = typeof payload === "string" ? payload : shapeBinary(payload, this.binaryType);
    const event = new MessageEvent("message", this.#target, data);
    const pending = dispatch(this.#target, event);
    if (this.#pull !== undefined) {
      this.#waiting |= Waiting.ForReader;
      this.#answer({ done: false, value: data });
    } else if (pending === undefined) {
      this.#port.settle();
      this.#waiting &= ~Waiting.ForListener;
      return;
    }
    this.#isHandling = true;
    this.#watchHandler();
    if (pending === undefined) this.#waiting &= ~Waiting.ForListener;
    else this.#awaitListeners(pending);
  }

  #awaitListeners(pending: PromiseLike<unknown>): void {
    pending.then(
      () => this.#stopWaiting(Waiting.ForListener),
      (error: unknown) => {
        raiseError(this.#target, error, { during: "message", log: this.#session.options.log });
        this.#stopWaiting(Waiting.ForListener);
      },
    );
  }

  #watchHandler(): void {
    this.#watch ??= new HandlerWatch(this.#session.options, this.#port.name, () =>
      this.#session.handleTimeout(),
    );
    this.#watch.begin();
  }

  #stopWaiting(reason: Waiting): void {
    this.#waiting &= ~reason;
    if (this.#isHandling && (this.#waiting & whileHandled) === 0) {
      this.#isHandling = false;
      this.#watch?.end();
      this.#port.settle();
    }
    this.receive();
  }

  #next(): Promise<IteratorResult<MessageData, undefined>> {
    if (this.#pull !== undefined) {
      return Promise.reject(new TypeError("The iterator was asked for a message while it waits for one"));
    }
    return new Promise((resolve) => {
      this.#pull = resolve;
      this.#stopWaiting(Waiting.ForReader);
    });
  }

  /** The iterator is done. What it has asked for and not got, it does not get any more. */
  #stopReading(): void {
    this.#hasReader = false;
    this.#answer(over);
    this.#stopWaiting(Waiting.ForReader);
  }

  #answer(result: IteratorResult<MessageData, undefined>): void {
    const pull = this.#pull;
    this.#pull = undefined;
    pull?.(result);
  }
}
