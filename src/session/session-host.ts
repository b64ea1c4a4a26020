import type { SessionError } from "./errors.ts";
import type { ExpiredMessage, Gap } from "./message.ts";
import type { SessionStream } from "./session-stream.ts";

/** How a session ended. */
export interface SessionEnd {
  /** What `close` was given at either end; 1006 if the session was lost, otherwise a code of the protocol. */
  readonly code: number;
  readonly reason: string;
  /** Whether everything accepted at both ends was handled, or begun. */
  readonly wasClean: boolean;
  /** What is not known, if it was not clean. */
  readonly gap?: Gap;
  readonly error?: SessionError;
  /** After this time the client may open another session, as the server goes away. */
  readonly retryAfterMs?: number;
}

/** Whom a session tells: the application's side. Everything is synchronous. */
export interface SessionHost {
  /** A message can be taken from the stream. */
  onReadable(stream: SessionStream): void;
  /** `bufferedAmount` fell. */
  onRoom(): void;
  /** The other end named a stream that nobody here has asked for. */
  onStream(stream: SessionStream): void;
  /** A message that was accepted is not sent. */
  onExpired(stream: SessionStream, expired: ExpiredMessage): void;
  /** The other end closes the session: nothing more is accepted. */
  onClosing(): void;
  /** The session is over; called once. */
  onEnd(end: SessionEnd): void;
}
