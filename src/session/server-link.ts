import {
  type Open,
  type Resume,
  readEnd,
  readOpen,
  readResume,
  wordOf,
  writeControl,
} from "./control-frame.ts";
import { isRetryable, SessionError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { ServerSession } from "./server-session.ts";

/** What a link asks of the registry. */
export interface ServerLinkOwner {
  readonly openTimeoutMs: number;
  now(): number;
  wakeAt(target: { handleTimeout(): void }, timeMs: number): void;
  /** Decides in its own time, and attaches the link, or ends it. */
  open(link: ServerLink, open: Open): void;
  resume(link: ServerLink, resume: Resume): void;
}

/**
 * A link at the server. It belongs to no session until `open` or `resume` was decided about; after that its frames are
 * the session's.
 */
export class ServerLink {
  readonly link: Link;
  readonly #owner: ServerLinkOwner;
  #state: "greeted" | "deciding" | "attached" | "closed" = "greeted";
  #session: ServerSession | undefined;
  #isHeard = false;
  readonly #deadline: number;

  constructor(link: Link, owner: ServerLinkOwner) {
    this.link = link;
    this.#owner = owner;
    this.#deadline = owner.now() + owner.openTimeoutMs;
    owner.wakeAt(this, this.#deadline);
  }

  get isOpen(): boolean {
    return this.#state !== "closed";
  }

  receiveText(frame: string): void {
    const session = this.#session;
    if (session === undefined) return this.#takeGreeting(frame);
    if (!this.#isHeard) this.#noteHeard(session);
    if (frame.startsWith("end ")) this.#takeEnd(frame, session);
    else session.session.receiveText(frame);
  }

  receiveBinary(frame: Uint8Array): void {
    const session = this.#session;
    if (session === undefined) return this.#refuseUnexpected("of data");
    if (!this.#isHeard) this.#noteHeard(session);
    session.session.receiveBinary(frame);
  }

  #noteHeard(session: ServerSession): void {
    this.#isHeard = true;
    session.noteHeard();
  }

  /** The transport is gone. */
  closed(): void {
    const session = this.#session;
    this.#state = "closed";
    this.#session = undefined;
    session?.linkClosed();
  }

  /** The transport has taken what waited. */
  drained(): void {
    this.#session?.session.linkDrained();
  }

  handleTimeout(): void {
    const isWaiting = this.#state === "greeted" || this.#state === "deciding";
    if (!isWaiting) return;
    if (this.#owner.now() < this.#deadline) return this.#owner.wakeAt(this, this.#deadline);
    this.end(new SessionError("SESSION_NOT_OPENED", { limitMs: this.#owner.openTimeoutMs }));
  }

  #takeGreeting(frame: string): void {
    if (this.#state === "closed") return;
    const word = wordOf(frame);
    if (word === "end") return this.close();
    if (this.#state !== "greeted") return this.#refuseUnexpected("before the answer");
    try {
      this.#state = "deciding";
      if (word === "open") this.#owner.open(this, readOpen(frame));
      else if (word === "resume") this.#owner.resume(this, readResume(frame));
      else this.#refuseUnexpected(/^[a-z]{1,16}$/.test(word) ? word : "of data");
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.end(error);
    }
  }

  /** The client gives the link up, or the session with it. */
  #takeEnd(frame: string, session: ServerSession): void {
    this.close();
    session.linkClosed();
    if (isFinalEnd(frame)) session.session.end(new SessionError("SESSION_TERMINATED"));
  }

  #refuseUnexpected(what: string): void {
    if (this.#state !== "closed") this.end(new SessionError("SESSION_FRAME_UNEXPECTED", { what }));
  }

  /** There is no such session: the client may open another one here. */
  answerUnknown(): void {
    this.#state = "greeted";
    this.link.sendText(writeControl("unknown"));
  }

  /** From now on the frames are the session's. */
  attachTo(session: ServerSession): void {
    this.#state = "attached";
    this.#session = session;
  }

  /** Says why, and closes the link. The session, if it has one, goes on without. */
  end(error: SessionError, more: { linkEpoch?: number; retryAfterMs?: number } = {}): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#session = undefined;
    const { closeCode: code, message: reason } = error;
    this.link.sendText(writeControl("end", { code, reason, ...more }));
    this.link.close(code, "");
  }

  close(): void {
    this.#state = "closed";
    this.#session = undefined;
    this.link.close(1000, "");
  }
}

/** Whether whoever sent this stops; a frame that cannot be read says nothing. */
function isFinalEnd(frame: string): boolean {
  try {
    return !isRetryable(readEnd(frame).code);
  } catch {
    return false;
  }
}
