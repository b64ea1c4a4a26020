import {
  acceptSession,
  type SessionConnection,
  type SessionCore,
  type SessionFaceOptions,
} from "../interface/index.ts";
import type { ExpiredMessage, Session, SessionEnd, SessionHost, SessionStream } from "../session/index.ts";

export interface ApplicationSessionOwner {
  sessionEnded(session: ApplicationSession): void;
}

/** Joins a session, which knows no events, with the connection that the application sees. */
export class ApplicationSession implements SessionHost {
  readonly session: Session;
  readonly socket: SessionConnection;
  readonly #core: SessionCore;
  readonly #owner: ApplicationSessionOwner;

  constructor(
    opening: { create(host: SessionHost): Session; url: string; protocol: string },
    face: SessionFaceOptions,
    owner: ApplicationSessionOwner,
  ) {
    this.#owner = owner;
    const { url, protocol } = opening;
    const { socket, core } = acceptSession(() => opening.create(this), { url, protocol }, face);
    this.session = core.port as Session;
    this.socket = socket;
    this.#core = core;
  }

  /** Whether the connection handler holds messages back. */
  get isHeld(): boolean {
    return this.#core.isHeld;
  }

  /** The connection handler is done: messages may come. */
  release(): void {
    this.#core.release();
  }

  onReadable(stream: SessionStream): void {
    this.#core.onReadable(stream);
  }

  onRoom(): void {
    this.#core.onRoom();
  }

  onStream(stream: SessionStream): void {
    this.#core.onStream(stream);
  }

  onExpired(stream: SessionStream, expired: ExpiredMessage): void {
    this.#core.onExpired(stream, expired);
  }

  onClosing(): void {
    this.#core.onClosing();
  }

  onEnd(end: SessionEnd): void {
    this.#owner.sessionEnded(this);
    this.#core.onEnd(end);
  }
}
