import { type Open, type Resume, writeControl, termsMembers } from "./control-frame.ts";
import { SessionError } from "./errors.ts";
import type { Link } from "./link.ts";
import { MemoryDirectory } from "./memory-directory.ts";
import { OpenAttempts } from "./open-attempts.ts";
import type { RegistryHost, Verdict } from "./registry-host.ts";
import { ServerLink, type ServerLinkOwner } from "./server-link.ts";
import { ServerSession, type ServerSessionFacts, type ServerSessionOwner } from "./server-session.ts";
import type { Session } from "./session.ts";
import { sessionDefaults } from "./session-defaults.ts";
import type { SessionDirectory } from "./session-directory.ts";
import type { SessionEnd, SessionHost } from "./session-host.ts";
import { type SessionOptions, sessionOptions } from "./session-options.ts";
import type { SessionState } from "./session-state.ts";

export interface SessionRegistryOptions extends Partial<SessionOptions> {
  readonly sessionsMax?: number;
  readonly sessionsPerUserMax?: number;
  readonly suspendedMsMax?: number;
  readonly openTimeoutMs?: number;
  /** What a client is told that may not open a session now; 1000 if absent. */
  readonly retryAfterMs?: () => number;
  readonly directory?: SessionDirectory;
  /** The name of this server in the directory. */
  readonly node?: string;
}

/** What is kept of sessions that ended in agreement, for clients that did not hear of it. */
interface Farewell {
  readonly isSecret: (secret: string) => boolean;
  readonly members: object;
}

const farewellsMax = 1000;

/** The server's end: its sessions, the links that may become theirs, and who is let in. */
export class SessionRegistry<User, Request> implements ServerLinkOwner, ServerSessionOwner {
  readonly openTimeoutMs: number;
  readonly suspendedMsMax: number;
  readonly #host: RegistryHost<User, Request>;
  readonly #options: SessionOptions;
  readonly #sessionsMax: number;
  readonly #sessionsPerUserMax: number;
  readonly #directory: SessionDirectory;
  readonly #node: string;
  readonly #retryAfterMs: () => number;
  readonly #sessions = new Map<string, ServerSession>();
  /** By what they were opened with. */
  readonly #byNonce = new Map<string, ServerSession>();
  readonly #attempts = new OpenAttempts();
  readonly #countByUser = new Map<string, number>();
  readonly #farewells = new Map<string, Farewell>();
  readonly #requests = new WeakMap<ServerLink, { request: Request }>();
  readonly #hello: string;
  #isDraining = false;

  constructor(options: SessionRegistryOptions, host: RegistryHost<User, Request>) {
    this.#host = host;
    this.#options = sessionOptions({ heartbeatMs: 0, ...options });
    this.openTimeoutMs = options.openTimeoutMs ?? sessionDefaults.openTimeoutMs;
    this.suspendedMsMax = options.suspendedMsMax ?? sessionDefaults.suspendedMsMax;
    this.#sessionsMax = options.sessionsMax ?? sessionDefaults.sessionsMax;
    this.#sessionsPerUserMax = options.sessionsPerUserMax ?? sessionDefaults.sessionsPerUserMax;
    this.#directory = options.directory ?? new MemoryDirectory();
    this.#node = options.node ?? "";
    this.#retryAfterMs = options.retryAfterMs ?? (() => 1000);
    const { messageBytesMax, streamsMax } = this.#options;
    this.#hello = writeControl("hello", { messageBytesMax, streamsMax, suspendedMsMax: this.suspendedMsMax });
  }

  get size(): number {
    return this.#sessions.size;
  }

  sessions(): Iterable<ServerSession> {
    return this.#sessions.values();
  }

  now(): number {
    return this.#host.now();
  }

  wakeAt(target: { handleTimeout(): void }, timeMs: number): void {
    this.#host.wakeAt(target, timeMs);
  }

  /** A transport connection is open; `request` is what `authenticate` will be shown. */
  acceptLink(link: Link, request: Request): ServerLink {
    const serverLink = new ServerLink(link, this);
    this.#requests.set(serverLink, { request });
    link.sendText(this.#hello);
    return serverLink;
  }

  open(link: ServerLink, open: Open): void {
    this.#decide(link, this.#open(link, open));
  }

  resume(link: ServerLink, resume: Resume): void {
    this.#decide(link, this.#resume(link, resume));
  }

  #decide(link: ServerLink, decision: Promise<void>): void {
    decision.catch((cause: unknown) => {
      if (cause instanceof SessionError) this.#refuse(link, cause);
      else this.#refuse(link, new SessionError("SESSION_UNAVAILABLE", {}, { cause }));
    });
  }

  #refuse(link: ServerLink, error: SessionError): void {
    const asked = this.#requests.get(link);
    if (asked !== undefined) this.#host.onRefused(error, asked.request);
    const { linkEpoch } = error.facts;
    if (typeof linkEpoch === "number") link.end(error, { linkEpoch });
    else if (error.closeCode < 3500) link.end(error, { retryAfterMs: this.#retryAfterMs() });
    else link.end(error);
  }

  async #open(link: ServerLink, open: Open): Promise<void> {
    this.#attempts.begin(open);
    try {
      const { user, userKey } = await this.#authenticate(link, open.token, false);
      if (!link.isOpen || this.#isOpenedAgain(link, open, userKey)) return;
      this.#checkRoom(userKey);
      await this.#claim(link, open, { id: this.#host.randomText(), user, userKey });
    } finally {
      this.#attempts.end(open);
    }
  }

  async #claim(
    link: ServerLink,
    open: Open,
    facts: { id: string; user: User; userKey: string },
  ): Promise<void> {
    const { id, userKey } = facts;
    const place = await this.#directory.claim(id, this.#node, 0);
    if (place === undefined) throw new SessionError("SESSION_UNAVAILABLE");
    const { fencingToken } = place;
    try {
      // The client may have asked again while the directory was.
      if (link.isOpen && !this.#isOpenedAgain(link, open, userKey))
        this.#begin(link, open, { ...facts, fencingToken });
    } finally {
      if (!this.#sessions.has(id)) this.#release(id, fencingToken);
    }
  }

  /** Whether the client did not hear that its session is open, and goes on with it. */
  #isOpenedAgain(link: ServerLink, open: Open, userKey: string): boolean {
    this.#attempts.checkLatest(open);
    const known = this.#byNonce.get(open.nonce);
    if (known === undefined) return false;
    // An `open` that was under way for long: its client has gone on by another link.
    if (!known.mayBeOpenedAgain) throw new SessionError("SESSION_TAKEN_OVER", { linkEpoch: known.linkEpoch });
    this.#openAgain(link, open, { known, userKey });
    return true;
  }

  async #authenticate(
    link: ServerLink,
    token: string | undefined,
    isResume: boolean,
  ): Promise<Extract<Verdict<User>, { userKey: string }>> {
    const { request } = this.#requests.get(link)!;
    const verdict = await this.#host.authenticate({ request, token, isResume });
    if ("refused" in verdict) throw new SessionError("SESSION_REFUSED", { reason: verdict.refused });
    return verdict;
  }

  #checkRoom(userKey: string): void {
    if (this.#isDraining) throw new SessionError("SESSION_GOING_AWAY");
    const isFull = this.#sessions.size >= this.#sessionsMax;
    if (isFull) throw new SessionError("SESSION_OVERLOADED", { limit: this.#sessionsMax });
    if (userKey !== "" && (this.#countByUser.get(userKey) ?? 0) >= this.#sessionsPerUserMax)
      throw new SessionError("SESSION_OVERLOADED", { limit: this.#sessionsPerUserMax });
  }

  #countUser(userKey: string, change: number): void {
    if (userKey === "") return;
    const count = (this.#countByUser.get(userKey) ?? 0) + change;
    if (count === 0) this.#countByUser.delete(userKey);
    else this.#countByUser.set(userKey, count);
  }

  #begin(
    link: ServerLink,
    open: Open,
    facts: { id: string; user: User; userKey: string; fencingToken: number },
  ): void {
    // Others may have come while the directory was asked.
    this.#checkRoom(facts.userKey);
    const { request } = this.#requests.get(link)!;
    const protocol = this.#host.selectProtocol(open.protocols, request);
    const { nonce } = open;
    const secret = this.#host.randomText();
    const created = this.#create({ ...facts, nonce, secret, protocol }, { user: facts.user, request });
    if (created.session.phase !== "ended") this.#byNonce.set(nonce, created);
    created.session.setTerms(open);
    this.#attachOpened(link, created, open.linkEpoch);
  }

  #create(facts: ServerSessionFacts, { user, request }: { user: User; request: Request }): ServerSession {
    const { id: sessionId, protocol } = facts;
    let created: ServerSession | undefined;
    const create = (host: SessionHost): Session => {
      created = new ServerSession(facts, { owner: this, options: this.#options, host });
      this.#sessions.set(sessionId, created);
      this.#countUser(facts.userKey, 1);
      return created.session;
    };
    this.#host.onSession({ sessionId, user, request, protocol, create });
    if (created === undefined) throw new Error("The host made no session of an opening");
    return created;
  }

  /** Gives a session away. It has ended here, and its client is to resume at whoever imports the state. */
  export(sessionId: string): SessionState | undefined {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return undefined;
    const state = session.export();
    this.#remove(session);
    session.session.finish({ code: 3000, reason: "The session goes on at another server", wasClean: true });
    return state;
  }

  /**
   * Goes on with a session of another server; `request` is what its handler is shown. Returns false, and takes nothing,
   * if somebody else has claimed the session since the state was exported.
   */
  async import(state: SessionState, { user, request }: { user: User; request: Request }): Promise<boolean> {
    const { id, userKey, protocol, nonce, secrets } = state;
    const place = await this.#directory.claim(id, this.#node, state.fencingToken);
    if (place === undefined) return false;
    const facts = { id, userKey, protocol, nonce, secret: secrets[0], fencingToken: place.fencingToken };
    const session = this.#create(facts, { user, request });
    session.import(state);
    this.#byNonce.set(nonce, session);
    return true;
  }

  /** The client did not hear that its session is open. */
  #openAgain(
    link: ServerLink,
    open: Open,
    { known, userKey }: { known: ServerSession; userKey: string },
  ): void {
    checkTakeover(known, userKey, open.linkEpoch);
    known.session.rewind([]);
    this.#attachOpened(link, known, open.linkEpoch);
  }

  #attachOpened(link: ServerLink, session: ServerSession, linkEpoch: number): void {
    if (session.session.phase === "ended") return link.end(new SessionError("SESSION_TERMINATED"));
    session.fence(link, linkEpoch);
    const { id, secret, protocol } = session;
    const terms = termsMembers(session.session.terms);
    link.link.sendText(writeControl("opened", { session: id, secret, linkEpoch, protocol, ...terms }));
    this.#attach(link, session);
  }

  #attach(link: ServerLink, session: ServerSession): void {
    // Nobody asks for it any more, and it holds a whole HTTP request.
    this.#requests.delete(link);
    link.attachTo(session);
    session.session.attach(link.link);
  }

  async #resume(link: ServerLink, resume: Resume): Promise<void> {
    await this.#directory.find(resume.session);
    const { userKey } = await this.#authenticate(link, resume.token, true);
    if (!link.isOpen) return;
    const session = this.#sessions.get(resume.session);
    if (session === undefined || !session.isSecret(resume.secret)) return this.#answerUnknown(link, resume);
    checkTakeover(session, userKey, resume.linkEpoch);
    session.fence(link, resume.linkEpoch);
    try {
      session.session.rewind(resume.streams);
    } catch (error) {
      session.session.end(error as SessionError);
      throw error;
    }
    session.changeSecret(resume.secret, this.#host.randomText());
    const { linkEpoch, secret } = session;
    link.link.sendText(writeControl("resumed", { linkEpoch, secret, streams: session.session.positions }));
    this.#attach(link, session);
  }

  #answerUnknown(link: ServerLink, resume: Resume): void {
    const farewell = this.#farewells.get(resume.session);
    if (farewell === undefined || !farewell.isSecret(resume.secret)) return link.answerUnknown();
    link.link.sendText(writeControl("bye", farewell.members));
    link.close();
  }

  forget(session: ServerSession, end: SessionEnd): void {
    if (!this.#remove(session)) return;
    this.#release(session.id, session.fencingToken);
    if (end.wasClean) this.#keepFarewell(session, { retryAfterMs: end.retryAfterMs });
  }

  #release(id: string, fencingToken: number): void {
    // A directory that cannot be told has an entry too many, which nobody can do anything about here.
    this.#directory.release(id, fencingToken).catch(() => {});
  }

  /** Returns whether it was there. */
  #remove(session: ServerSession): boolean {
    if (!this.#sessions.delete(session.id)) return false;
    this.#byNonce.delete(session.nonce);
    this.#countUser(session.userKey, -1);
    return true;
  }

  #keepFarewell(session: ServerSession, members: object): void {
    this.#farewells.set(session.id, { isSecret: (secret) => session.isSecret(secret), members });
    if (this.#farewells.size <= farewellsMax) return;
    for (const oldest of this.#farewells.keys()) {
      this.#farewells.delete(oldest);
      break;
    }
  }

  /** Takes no new session, and ends those that there are when everything is done both ways. */
  drain(): void {
    this.#isDraining = true;
    for (const { session } of this.#sessions.values()) session.drain(this.#retryAfterMs());
  }

  /** Ends all sessions now: what is not done is a gap on both sides. */
  endAll(): void {
    this.#isDraining = true;
    for (const { session } of this.#sessions.values()) session.end(new SessionError("SESSION_GOING_AWAY"));
  }
}

function checkTakeover(session: ServerSession, userKey: string, linkEpoch: number): void {
  if (session.userKey !== userKey) throw new SessionError("SESSION_USER_CHANGED");
  if (linkEpoch <= session.linkEpoch)
    throw new SessionError("SESSION_TAKEN_OVER", { linkEpoch: session.linkEpoch });
}
