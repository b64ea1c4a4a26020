import type { SessionRole } from "./ending.ts";
import type { SessionError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { SessionEnd } from "./session-host.ts";

/** What a session asks of the owner of its links. */
export interface LinkOwner {
  readonly role: SessionRole;
  /** Milliseconds that never run backwards. */
  now(): number;
  /** `handleTimeout` is to be called at this time or soon after. Called in vain it does no harm. */
  wakeAt(timeMs: number): void;
  /** The session is over or broken on this link: it is to be ended with these words. */
  endLink(link: Link, error: SessionError | undefined): void;
  /** The link is silent: it is as good as lost. */
  loseLink(link: Link): void;
  /** The other end goes away and has handled everything: the session is over, and may be followed by another. */
  onDrained(retryAfterMs: number): void;
  /** The session is over; its host hears of it next. */
  onEnd(end: SessionEnd): void;
}
