import type { Link } from "./link.ts";
import type { Gap } from "./message.ts";
import type { SessionHost } from "./session-host.ts";

/** Where a client is: `suspended` means that the session goes on when a link is there again. */
export type ClientState = "connecting" | "connected" | "suspended" | "closed";

/** Why the state changed. */
export interface StateReason {
  /** The close code of the link or the session, if one was given; 1006 for a link that was lost. */
  readonly code?: number;
  readonly text: string;
  /** When the next attempt to connect begins, if one is planned. */
  readonly retryInMs?: number;
}

/** A session on a link: opened, or resumed. */
export interface Attachment {
  readonly sessionId: string;
  /** The application's subprotocol, or "". */
  readonly protocol: string;
  /** False for the first link of a session. */
  readonly isResumed: boolean;
}

/** What a client's end needs and whom it tells. Everything is synchronous. */
export interface ClientHost extends SessionHost {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** `handleTimeout` is to be called at this time or soon after. Called in vain it does no harm. */
  wakeAt(timeMs: number): void;
  /** Begins a transport connection; null if none can be begun now. What it brings goes to `receiveText` and the like. */
  openLink(): Link | null;
  /** From 0 up to 1. */
  random(): number;
  /** 128 random bits as 22 characters. */
  randomText(): string;
  /** Gets what the server is to authenticate, once for each open and resume. */
  fetchToken(give: (token: string | undefined) => void, fail: (error: unknown) => void): void;
  onState(state: ClientState, reason: StateReason): void;
  onAttached(attachment: Attachment): void;
  /** A session was lost. A new one follows, with what cannot have arrived. */
  onGap(gap: Gap): void;
}
