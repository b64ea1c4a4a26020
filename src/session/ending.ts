import type { Close } from "./control-frame.ts";
import { SessionError } from "./errors.ts";
import type { SessionEnd } from "./session-host.ts";
import type { SessionStream } from "./session-stream.ts";

/** How far the streams of a session are. */
export interface Progress {
  /** Everything accepted was transmitted. */
  readonly isTransmitted: boolean;
  /** A message has a number and was not transmitted to its end. */
  readonly hasBegun: boolean;
  /** Everything received was begun, or has settled. */
  readonly isAllStarted: boolean;
  readonly isAllDone: boolean;
  /** The same of what the other end has received. */
  readonly isPeerAllStarted: boolean;
  readonly isPeerAllDone: boolean;
}

/** How far all streams are, taken together. */
export function progressOf(streams: readonly SessionStream[]): Progress {
  return {
    isTransmitted: streams.every(({ sending }) => !sending.hasWork),
    hasBegun: streams.some(({ sending }) => sending.hasBegun),
    isAllStarted: streams.every(({ receiving }) => receiving?.isAllStarted ?? true),
    isAllDone: streams.every(({ receiving }) => receiving?.isAllDone ?? true),
    isPeerAllStarted: streams.every(({ sending }) => sending.isAllStarted),
    isPeerAllDone: streams.every(({ sending }) => sending.isAllDone),
  };
}

/** A frame to send, and the end of the session, if it is that. */
export interface EndingStep {
  readonly word: "close" | "drain" | "bye";
  readonly members: object;
  readonly end?: SessionEnd;
}

/** How far going away is: asked for at the server, or by the server. */
const Drain = { None: 0, Wanted: 1, Asked: 2, Answered: 3, Requested: 4, Held: 5 } as const;
type Drain = (typeof Drain)[keyof typeof Drain];

const never = Number.POSITIVE_INFINITY;

/** Which end of a session: the one that opens it, or the one that may go away and ask for another session. */
export type SessionRole = "client" | "server";

/** How a session ends in agreement: by `close` of either end, or as the server goes away. */
export class Ending {
  readonly #role: SessionRole;
  #phase: "open" | "closing" | "ended" = "open";
  #ours: Close | undefined;
  #theirs: Close | undefined;
  #isCloseSent = false;
  /** The server goes Wanted, Asked, Answered; the client Requested, Held. */
  #drain: Drain = Drain.None;
  #retryAfterMs = 0;
  #deadline = never;

  constructor(role: SessionRole) {
    this.#role = role;
  }

  get phase(): "open" | "closing" | "ended" {
    return this.#phase;
  }

  get isUnderWay(): boolean {
    return this.#phase === "closing" || this.#drain !== Drain.None;
  }

  /** Whether no message may get a number any more. A server that closes after all wants them. */
  get isHoldingNew(): boolean {
    return (this.#drain === Drain.Requested || this.#drain === Drain.Held) && this.#theirs === undefined;
  }

  /** What `close` says if the session ends now by `bye`. */
  get agreedClose(): Close | undefined {
    return this.#theirs ?? this.#ours;
  }

  /** When to give up. */
  get deadline(): number {
    return this.#deadline;
  }

  startDeadline(at: number): number {
    this.#deadline = Math.min(this.#deadline, at);
    return this.#deadline;
  }

  close(close: Close): void {
    this.#ours = close;
    this.#phase = "closing";
  }

  drain(retryAfterMs: number): void {
    this.#retryAfterMs = retryAfterMs;
    if (this.#drain === Drain.None) this.#drain = Drain.Wanted;
  }

  takeClose(close: Close): void {
    this.#theirs = close;
    this.#phase = "closing";
  }

  /**
   * `drain` came: from the server as a wish, from the client as the answer.
   *
   * @throws {SessionError} SESSION_FRAME_UNEXPECTED if a client was not asked on this link.
   */
  takeDrain(): void {
    if (this.#role === "server") {
      const wasAsked = this.#drain === Drain.Asked || this.#drain === Drain.Answered;
      if (!wasAsked) throw new SessionError("SESSION_FRAME_UNEXPECTED", { what: "drain" });
      this.#drain = Drain.Answered;
    } else if (!this.#isCloseSent) this.#drain = Drain.Requested;
  }

  /** On another link what was said and not acknowledged is said again: by the server, which may be another one by now. */
  startLink(): void {
    this.#isCloseSent = false;
    const isWanted = this.#role === "server" && this.#drain !== Drain.None;
    this.#drain = isWanted ? Drain.Wanted : Drain.None;
  }

  /** Another session follows; a wish to close it stays. */
  renew(): void {
    this.#isCloseSent = false;
    this.#theirs = undefined;
    this.#drain = Drain.None;
    this.#phase = this.#ours === undefined ? "open" : "closing";
  }

  finish(): void {
    this.#phase = "ended";
    this.#deadline = never;
  }

  /** What is to be sent now; call it again after that. */
  nextStep(progress: Progress): EndingStep | undefined {
    if (this.#phase === "closing" && !this.isHoldingNew) return this.#nextOfClosing(progress);
    return this.#nextOfDraining(progress);
  }

  #nextOfClosing(progress: Progress): EndingStep | undefined {
    const theirs = this.#theirs;
    const isReady = this.#ours !== undefined || progress.isAllStarted;
    if (!this.#isCloseSent) {
      if (!progress.isTransmitted || !isReady) return undefined;
      this.#isCloseSent = true;
      return { word: "close", members: (this.#ours ?? theirs) as Close };
    }
    if (theirs === undefined || !progress.isAllStarted || !progress.isPeerAllStarted) return undefined;
    return { word: "bye", members: {}, end: { ...theirs, wasClean: true } };
  }

  #nextOfDraining(progress: Progress): EndingStep | undefined {
    if (this.#drain === Drain.Wanted) {
      this.#drain = Drain.Asked;
      return { word: "drain", members: {} };
    }
    if (this.#drain === Drain.Requested && !progress.hasBegun) {
      this.#drain = Drain.Held;
      return { word: "drain", members: {} };
    }
    const isOver = progress.isAllDone && progress.isTransmitted && progress.isPeerAllDone;
    if (this.#drain !== Drain.Answered || !isOver) return undefined;
    const retryAfterMs = this.#retryAfterMs;
    const end = { code: 3000, reason: "The server goes away", wasClean: true, retryAfterMs };
    return { word: "bye", members: { retryAfterMs }, end };
  }
}
