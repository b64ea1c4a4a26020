import { Backoff } from "./backoff.ts";
import type { ClientHost, ClientState, StateReason } from "./client-host.ts";
import {
  type End,
  readEnd,
  readHello,
  readOpened,
  readResumed,
  termsMembers,
  unexpectedFrame,
  wordOf,
  writeControl,
} from "./control-frame.ts";
import { isRetryable, SessionError, sessionRules } from "./errors.ts";
import type { Link } from "./link.ts";
import type { LinkOwner } from "./link-owner.ts";
import { Session } from "./session.ts";
import { sessionDefaults } from "./session-defaults.ts";
import type { SessionEnd } from "./session-host.ts";
import { type SessionOptions, sessionOptions } from "./session-options.ts";

export interface ClientSessionOptions extends Partial<SessionOptions> {
  /** The application's subprotocols in order of preference. */
  readonly protocols?: readonly string[];
  readonly connectTimeoutMs?: number;
  readonly retryDelayMsMin?: number;
  readonly retryDelayMsMax?: number;
}

/** What a resume needs; in memory only. */
interface Ticket {
  readonly session: string;
  readonly secret: string;
  readonly protocol: string;
}

const never = Number.POSITIVE_INFINITY;
const lost = 1006;
/** No server is obeyed that would have its clients wait for longer than an hour. */
const retryDelayMsMost = 3_600_000;

/**
 * The client's end: opens links, chooses one, opens the session on it or resumes it, and tries again when it is lost.
 * The session's streams stay the same objects, whatever becomes of links and sessions.
 */
export class ClientSession implements LinkOwner {
  readonly role = "client";
  readonly session: Session;
  readonly #host: ClientHost;
  readonly #protocols: readonly string[];
  readonly #connectTimeoutMs: number;
  readonly #backoff: Backoff;
  /** Links that are not attached, and until when they have time for it. */
  readonly #candidates = new Map<Link, number>();
  /** The candidate on which the session was asked for. */
  #chosen: Link | undefined;
  #state: ClientState = "connecting";
  #ticket: Ticket | undefined;
  #nonce = "";
  #linkEpoch = 0;
  #retryAt = never;

  constructor(options: ClientSessionOptions, host: ClientHost) {
    this.#host = host;
    this.#protocols = options.protocols ?? [];
    this.#connectTimeoutMs = options.connectTimeoutMs ?? sessionDefaults.connectTimeoutMs;
    const minMs = options.retryDelayMsMin ?? sessionDefaults.retryDelayMsMin;
    const maxMs = options.retryDelayMsMax ?? sessionDefaults.retryDelayMsMax;
    this.#backoff = new Backoff(minMs, maxMs, () => host.random());
    this.session = new Session(sessionOptions(options), host, this);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Begins to connect; with a link that is open already, on that one. */
  start(link?: Link): void {
    this.#nonce = this.#host.randomText();
    if (link === undefined) this.#openLink();
    else this.#addCandidate(link);
  }

  receiveText(link: Link, frame: string): void {
    if (link === this.session.link) {
      if (frame.startsWith("end ")) this.#takeEnd(link, frame);
      else this.session.receiveText(frame);
    } else if (this.#candidates.has(link)) this.#receiveAsCandidate(link, frame);
  }

  receiveBinary(link: Link, frame: Uint8Array): void {
    if (link === this.session.link) this.session.receiveBinary(frame);
    else if (this.#candidates.has(link)) this.#misuse(link, unexpectedFrame("data"));
  }

  /** The link is closed, or could not be opened. */
  linkClosed(link: Link, code: number, reason: string): void {
    this.#takeLinkEnd(link, { code, reason, retryAfterMs: undefined, linkEpoch: undefined });
  }

  linkDrained(link: Link): void {
    if (link === this.session.link) this.session.linkDrained();
  }

  /** The network is back, or the user: no reason to wait any longer. */
  retryNow(): void {
    if (this.#retryAt === never) return;
    // What made attempts fail is gone, as it seems: should this one come too early, the next need not wait for long.
    this.#backoff.reset();
    this.#openLink();
  }

  /** The link may be dead, as after a sleep: it is asked, and another one is opened beside it. Whichever answers first serves. */
  suspectLink(): void {
    if (this.session.link === undefined) return this.retryNow();
    this.session.probe();
    if (this.#candidates.size === 0) this.#openLink();
  }

  /** The link is as good as dead. */
  dropLink(): void {
    const link = this.session.link;
    if (link !== undefined) this.loseLink(link);
  }

  handleTimeout(): void {
    const now = this.#host.now();
    if (now >= this.#retryAt) this.#openLink();
    for (const [link, deadline] of this.#candidates) {
      if (now >= deadline) this.#giveUp(link, "no answer in time");
    }
    this.session.handleTimeout();
    const next = Math.min(this.#retryAt, ...this.#candidates.values());
    if (next !== never) this.#host.wakeAt(next);
  }

  #openLink(): void {
    this.#retryAt = never;
    const link = this.#host.openLink();
    if (link === null) this.#retryLater(this.#backoff.next(), { text: "no link can be opened now" });
    else this.#addCandidate(link);
  }

  #addCandidate(link: Link): void {
    const deadline = this.#host.now() + this.#connectTimeoutMs;
    this.#candidates.set(link, deadline);
    this.#host.wakeAt(deadline);
  }

  #receiveAsCandidate(link: Link, frame: string): void {
    try {
      this.#takeGreeting(link, frame);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#misuse(link, error);
    }
  }

  #takeGreeting(link: Link, frame: string): void {
    const word = wordOf(frame);
    if (word === "end") return this.#takeEnd(link, frame);
    if (word === "hello") return this.#takeHello(link, frame);
    if (link !== this.#chosen) throw unexpectedFrame(word);
    if (word === "opened") this.#takeOpened(link, frame);
    else if (word === "resumed") this.#takeResumed(link, frame);
    else if (word === "unknown") this.#takeUnknown(link);
    else if (word === "bye") this.#takeBye(link, frame);
    else throw unexpectedFrame(word);
  }

  #takeHello(link: Link, frame: string): void {
    readHello(frame);
    if (link === this.#chosen) throw unexpectedFrame("hello");
    const isNeeded =
      this.#chosen === undefined && (this.session.link === undefined || this.session.isProbing);
    if (!isNeeded) return this.#giveUp(link, "not needed");
    this.#chosen = link;
    this.#ask(link);
  }

  /** Asks for the session on the chosen link, as soon as there is a token. */
  #ask(link: Link): void {
    this.#host.fetchToken(
      (token) => {
        if (link === this.#chosen) this.#openOrResume(link, token);
      },
      () => {
        if (link === this.#chosen) this.#giveUp(link, "there is no token to authenticate with");
      },
    );
  }

  #openOrResume(link: Link, token: string | undefined): void {
    const old = this.session.link;
    if (old !== undefined) {
      this.session.detach();
      old.close(1000, "");
    }
    this.#linkEpoch++;
    const asking = { linkEpoch: this.#linkEpoch, token };
    const ticket = this.#ticket;
    if (ticket === undefined) {
      const protocols = this.#protocols;
      const members = { nonce: this.#nonce, ...asking, protocols, ...termsMembers(this.session.terms) };
      link.sendText(writeControl("open", members));
    } else {
      const { session, secret } = ticket;
      link.sendText(writeControl("resume", { session, secret, ...asking, streams: this.session.positions }));
    }
  }

  #takeOpened(link: Link, frame: string): void {
    const opened = readOpened(frame);
    if (this.#ticket !== undefined || opened.linkEpoch !== this.#linkEpoch) throw unexpectedFrame("opened");
    this.#ticket = opened;
    this.session.setTerms(opened);
    this.#attach(link, false);
  }

  #takeResumed(link: Link, frame: string): void {
    const resumed = readResumed(frame);
    if (this.#ticket === undefined || resumed.linkEpoch !== this.#linkEpoch) throw unexpectedFrame("resumed");
    this.session.rewind(resumed.streams);
    this.#ticket = { ...this.#ticket, secret: resumed.secret };
    this.#attach(link, true);
    this.session.confirm();
  }

  #attach(link: Link, isResumed: boolean): void {
    this.#chosen = undefined;
    this.#candidates.delete(link);
    this.#retryAt = never;
    this.#backoff.reset();
    const { session: sessionId, protocol } = this.#ticket!;
    this.#setState("connected", { text: isResumed ? "resumed" : "opened" });
    this.#host.onAttached({ sessionId, protocol, isResumed });
    this.session.attach(link);
  }

  /** The server has lost the session: what is not known is said, and another one opened. */
  #takeUnknown(link: Link): void {
    if (this.#ticket === undefined) throw unexpectedFrame("unknown");
    const gap = this.session.gap(true);
    this.#forget();
    this.#host.onGap(gap);
    if (link === this.#chosen) this.#ask(link);
  }

  #forget(): void {
    this.#ticket = undefined;
    this.#nonce = this.#host.randomText();
    this.#linkEpoch = 0;
    this.session.renew();
  }

  /** The session ended in agreement while this end did not hear of it. */
  #takeBye(link: Link, frame: string): void {
    this.session.takeBye(frame);
    this.#remove(link);
    link.close(1000, "");
  }

  onDrained(retryAfterMs: number): void {
    const link = this.session.link;
    this.#forget();
    link?.close(1000, "");
    this.#retryLater(retryAfterMs, { code: 3000, text: sessionRules.SESSION_GOING_AWAY.message });
  }

  endLink(link: Link, error: SessionError | undefined): void {
    if (error !== undefined) {
      const { closeCode: code, message: reason } = error;
      link.sendText(writeControl("end", { code, reason }));
    }
    link.close(error?.closeCode ?? 1000, "");
  }

  loseLink(link: Link): void {
    link.close(sessionRules.SESSION_LINK_SILENT.closeCode, "");
    this.linkClosed(link, lost, "the link is silent");
  }

  #takeEnd(link: Link, frame: string): void {
    let end: End;
    try {
      end = readEnd(frame);
    } catch {
      end = { code: lost, reason: "", retryAfterMs: undefined, linkEpoch: undefined };
    }
    link.close(1000, "");
    this.#takeLinkEnd(link, end);
  }

  #takeLinkEnd(link: Link, end: End): void {
    const wasAttached = link === this.session.link;
    if (!wasAttached && !this.#candidates.has(link)) return;
    if (this.#isFinal(end)) return this.#stop(end);
    if (wasAttached) this.session.detach();
    this.#remove(link);
    const isLinkLeft = this.session.link !== undefined || this.#candidates.size > 0;
    const reason = { code: end.code, text: end.reason };
    if (!isLinkLeft) this.#retryLater(Math.max(end.retryAfterMs ?? 0, this.#backoff.next()), reason);
    else if (wasAttached) this.#setState("suspended", reason);
  }

  /** A code that says stop; but to be fenced by a link of our own is only the end of the link before. */
  #isFinal({ code, linkEpoch }: End): boolean {
    if (code === sessionRules.SESSION_TAKEN_OVER.closeCode)
      return linkEpoch !== undefined && linkEpoch > this.#linkEpoch;
    return !isRetryable(code);
  }

  #retryLater(wantedMs: number, reason: StateReason): void {
    const delayMs = Math.min(wantedMs, retryDelayMsMost);
    if (this.#state === "closed") return;
    this.#retryAt = this.#host.now() + delayMs;
    this.#host.wakeAt(this.#retryAt);
    const state = this.#state === "connecting" ? "connecting" : "suspended";
    this.#setState(state, { ...reason, retryInMs: delayMs });
  }

  /** The other end broke a rule: its word is not taken again. */
  #misuse(link: Link, error: SessionError): void {
    this.endLink(link, error);
    this.#remove(link);
    this.session.end(error);
  }

  #giveUp(link: Link, why: string): void {
    this.#candidates.delete(link);
    link.close(1000, "");
    const wasChosen = link === this.#chosen;
    if (wasChosen) this.#chosen = undefined;
    if (this.session.link === undefined && this.#candidates.size === 0)
      this.#retryLater(this.#backoff.next(), { code: lost, text: why });
  }

  #remove(link: Link): void {
    this.#candidates.delete(link);
    if (link === this.#chosen) this.#chosen = undefined;
  }

  #stop({ code, reason }: End): void {
    const gap = this.session.gap(false);
    this.session.finish({ code, reason, wasClean: false, gap });
  }

  now(): number {
    return this.#host.now();
  }

  wakeAt(timeMs: number): void {
    this.#host.wakeAt(timeMs);
  }

  onEnd(end: SessionEnd): void {
    for (const link of this.#candidates.keys()) link.close(1000, "");
    this.#candidates.clear();
    this.#chosen = undefined;
    this.#retryAt = never;
    this.#setState("closed", { code: end.code, text: end.reason });
  }

  #setState(state: ClientState, reason: StateReason): void {
    this.#state = state;
    this.#host.onState(state, reason);
  }
}
