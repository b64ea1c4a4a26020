import { SessionError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { LinkOwner } from "./link-owner.ts";
import type { ServerLink } from "./server-link.ts";
import { Session } from "./session.ts";
import type { SessionEnd, SessionHost } from "./session-host.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionState } from "./session-state.ts";

/** What a session asks of the registry that it is in. */
export interface ServerSessionOwner {
  readonly suspendedMsMax: number;
  now(): number;
  wakeAt(target: { handleTimeout(): void }, timeMs: number): void;
  forget(session: ServerSession, end: SessionEnd): void;
}

export interface ServerSessionFacts {
  readonly id: string;
  readonly nonce: string;
  readonly secret: string;
  readonly userKey: string;
  readonly protocol: string;
  readonly fencingToken: number;
}

/** A session at the server: who may resume it, by which link it goes on, and how long it is kept without one. */
export class ServerSession implements LinkOwner {
  readonly role = "server";
  readonly id: string;
  readonly userKey: string;
  readonly protocol: string;
  readonly fencingToken: number;
  readonly session: Session;
  readonly #owner: ServerSessionOwner;
  readonly #options: SessionOptions;
  readonly nonce: string;
  /** Its client may not have heard that it is open. */
  #mayBeOpenedAgain = true;
  #secret: string;
  #previousSecret: string | undefined;
  #link: ServerLink | undefined;
  #linkEpoch = 0;
  #suspendedUntil = Number.POSITIVE_INFINITY;

  constructor(
    facts: ServerSessionFacts,
    parts: { owner: ServerSessionOwner; options: SessionOptions; host: SessionHost },
  ) {
    this.id = facts.id;
    this.userKey = facts.userKey;
    this.protocol = facts.protocol;
    this.fencingToken = facts.fencingToken;
    this.nonce = facts.nonce;
    this.#secret = facts.secret;
    this.#owner = parts.owner;
    this.#options = parts.options;
    this.session = new Session(parts.options, parts.host, this);
  }

  /** What another server needs to go on with the session. */
  export(): SessionState {
    const suspendedForMs = Math.min(this.#suspendedUntil - this.#owner.now(), this.#owner.suspendedMsMax);
    return {
      id: this.id,
      userKey: this.userKey,
      protocol: this.protocol,
      fencingToken: this.fencingToken,
      linkEpoch: this.#linkEpoch,
      secrets: [this.#secret, this.#previousSecret],
      nonce: this.nonce,
      mayBeOpenedAgain: this.#mayBeOpenedAgain,
      suspendedForMs,
      terms: this.session.peerTerms,
      streams: this.session.export(),
    };
  }

  /** Goes on where another server stopped. */
  import(state: SessionState): void {
    this.#linkEpoch = state.linkEpoch;
    [this.#secret, this.#previousSecret] = state.secrets;
    this.#mayBeOpenedAgain = state.mayBeOpenedAgain;
    this.#suspendedUntil = this.#owner.now() + state.suspendedForMs;
    this.#owner.wakeAt(this, this.#suspendedUntil);
    this.session.import(state.streams, state.terms);
  }

  get linkEpoch(): number {
    return this.#linkEpoch;
  }

  get secret(): string {
    return this.#secret;
  }

  /** Whether the nonce still opens the session: until its client was heard. */
  get mayBeOpenedAgain(): boolean {
    return this.#mayBeOpenedAgain;
  }

  isSecret(secret: string): boolean {
    return isEqual(secret, this.#secret) || isEqual(secret, this.#previousSecret ?? "");
  }

  /** Another link takes over, and the one before is told so. */
  fence(link: ServerLink, linkEpoch: number): void {
    const old = this.#link;
    this.session.detach();
    this.#link = link;
    this.#linkEpoch = linkEpoch;
    this.#suspendedUntil = Number.POSITIVE_INFINITY;
    old?.end(new SessionError("SESSION_TAKEN_OVER", { linkEpoch }), { linkEpoch });
  }

  /** The secret that was shown stays valid until the client is heard on the new link. */
  changeSecret(shown: string, next: string): void {
    this.#previousSecret = shown;
    this.#secret = next;
  }

  /** The client sent a frame on its link: it knows its session and secret. */
  noteHeard(): void {
    this.#mayBeOpenedAgain = false;
    this.#previousSecret = undefined;
  }

  /** The link that the session goes on by is lost. A link before it has forgotten the session. */
  linkClosed(): void {
    this.#link = undefined;
    this.session.detach();
    this.suspend();
  }

  /** From now on the session waits for a link. */
  suspend(): void {
    this.#suspendedUntil = this.#owner.now() + this.#owner.suspendedMsMax;
    this.#owner.wakeAt(this, this.#suspendedUntil);
  }

  handleTimeout(): void {
    if (this.#owner.now() >= this.#suspendedUntil) return this.session.end(new SessionError("SESSION_LOST"));
    // Woken too early: nobody else would ask again.
    if (this.#suspendedUntil !== Number.POSITIVE_INFINITY) this.#owner.wakeAt(this, this.#suspendedUntil);
    this.session.handleTimeout();
  }

  endLink(_link: Link, error: SessionError | undefined): void {
    const link = this.#link;
    this.#link = undefined;
    if (error === undefined) link?.close();
    else link?.end(error);
  }

  loseLink(_link: Link): void {
    this.#link?.end(new SessionError("SESSION_LINK_SILENT", { silentMs: this.#options.heartbeatMs }));
    this.linkClosed();
  }

  now(): number {
    return this.#owner.now();
  }

  wakeAt(timeMs: number): void {
    this.#owner.wakeAt(this, timeMs);
  }

  onEnd(end: SessionEnd): void {
    this.#owner.forget(this, end);
  }

  /** A server never hears that a server goes away. */
  onDrained(): void {
    this.session.end(new SessionError("SESSION_FRAME_UNEXPECTED", { what: "bye" }));
  }
}

/** Compares without telling by its time where the texts differ. */
function isEqual(shown: string, secret: string): boolean {
  let difference = shown.length ^ secret.length;
  for (let index = 0; index < shown.length; index++)
    difference |= shown.charCodeAt(index) ^ secret.charCodeAt(index);
  return difference === 0 && secret !== "";
}
