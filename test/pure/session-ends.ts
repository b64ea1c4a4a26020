import {
  type ClientHost,
  ClientSession,
  type ClientSessionOptions,
  type Gap,
  type Opening,
  type Payload,
  type RegistryHost,
  type ServerLink,
  type Session,
  type SessionEnd,
  type SessionHost,
  SessionRegistry,
  type SessionRegistryOptions,
  type SessionStream,
} from "../../src/session/index.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { type LinkOutput, RecordedLink, toHex } from "./recorded-link.ts";

/** What an end did besides sending: what its application hears, and what it does to its links. */
export interface EndEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

export type EndOutput = LinkOutput | EndEvent;

/** When handlers settle: at once, when the test says `settle`, or never, as nobody takes a message. */
export type Handlers = "quick" | "slow" | "none";

/** What is fixed about an end, so that it does the same each time. */
export interface EndConditions {
  readonly handlers?: Handlers;
  /** The random texts in the order in which they are asked for, in place of the usual ones. */
  readonly texts?: readonly string[];
  /** What a client shows. */
  readonly token?: string;
  /** Who has which token at a server; without it everybody is the same user, and no token is refused. */
  readonly users?: Readonly<Record<string, string>>;
}

/** One end of a session with links that keep what is sent, a clock of its own, and an application that notes all it hears. */
abstract class TestEnd {
  readonly clock = new VirtualClock(1000);
  readonly links: RecordedLink[] = [];
  /** Since the last `takeOutputs`. */
  #outputs: EndOutput[] = [];
  readonly conditions: EndConditions;
  #texts = 0;
  /** Called with each message before its handler settles. */
  onMessage: (stream: SessionStream, payload: Payload) => void = () => {};

  constructor(conditions: EndConditions) {
    this.conditions = conditions;
  }

  /** The random texts in the order in which they are asked for; after them "random-text-4-padding" and so on. */
  protected abstract readonly usualTexts: readonly string[];
  abstract get session(): Session;
  abstract receive(frame: string | Uint8Array, link?: RecordedLink): void;
  abstract lose(link?: RecordedLink, code?: number): void;

  get link(): RecordedLink {
    return this.links.at(-1)!;
  }

  takeOutputs(): EndOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** The events since the last call, without what went over links. */
  takeEvents(): EndEvent[] {
    const isEvent = (output: EndOutput): output is EndEvent =>
      "event" in output && output.event !== "linkClosed";
    return this.takeOutputs().filter(isEvent);
  }

  note(output: EndOutput): void {
    this.#outputs.push(output);
  }

  newLink(): RecordedLink {
    const link = new RecordedLink(this.links.length + 1, (output) => this.note(output));
    this.links.push(link);
    return link;
  }

  randomText(): string {
    const index = this.#texts++;
    const texts = this.conditions.texts ?? this.usualTexts;
    return texts[index] ?? `random-text-${index + 1}-padding`;
  }

  advance(ms: number): void {
    this.clock.runUntil(this.clock.now() + ms);
  }

  sessionHost(): SessionHost {
    return {
      onReadable: (stream) => this.handle(stream),
      onRoom: () => this.onRoom(),
      onStream: ({ name: stream, kind, priority }) => this.note({ event: "stream", stream, kind, priority }),
      onExpired: ({ name: stream }, { payload, reason }) =>
        this.note({ event: "expired", ...payloadMember(payload), stream, reason }),
      onClosing: () => this.note({ event: "closing" }),
      onEnd: (end) => this.note(endEvent(end)),
    };
  }

  onRoom: () => void = () => {};

  handle(stream: SessionStream): void {
    const { handlers = "quick" } = this.conditions;
    if (handlers === "none") return;
    for (let message = stream.take(); message !== undefined; message = stream.take()) {
      this.note({ event: "message", ...payloadMember(message.payload), stream: stream.name });
      this.onMessage(stream, message.payload);
      if (handlers === "quick") stream.settle();
    }
  }

  /** The handler that runs has settled. */
  settle(stream: SessionStream = this.session.main): void {
    stream.settle();
    this.handle(stream);
  }
}

function endEvent({ code, reason, wasClean, gap, error }: SessionEnd): EndEvent {
  const more = gap === undefined ? {} : { gap: plainGap(gap) };
  return error === undefined
    ? { event: "close", code, reason, wasClean, ...more }
    : { event: "close", code, wasClean, ...more };
}

/** A copy of nothing but data. */
function plainGap({ sent, received }: Gap): object {
  return { sent: [...sent], received: [...received] };
}

function payloadMember(payload: Payload): { payload: string } | { hex: string } {
  return typeof payload === "string" ? { payload } : { hex: toHex(payload) };
}

/** A client that asks for links by the event "link". */
export class ClientEnd extends TestEnd {
  protected readonly usualTexts = ["nonce-1-of-22-chars000", "nonce-2-of-22-chars000"];
  readonly machine: ClientSession;
  /** Whether a link can be begun. */
  isOnline = true;
  onGap: () => void = () => {};
  /** Replaced by tests that answer later, or not. */
  fetchToken: ClientHost["fetchToken"] = (give) => give(this.conditions.token);

  constructor(options: ClientSessionOptions = {}, conditions: EndConditions = {}) {
    super(conditions);
    this.machine = new ClientSession(options, this.#host());
  }

  #host(): ClientHost {
    return {
      ...this.sessionHost(),
      now: () => this.clock.now(),
      wakeAt: (timeMs) => void this.clock.at(timeMs, () => this.machine.handleTimeout()),
      openLink: () => {
        if (!this.isOnline) return null;
        const link = this.newLink();
        this.note({ event: "link", link: link.number });
        return link;
      },
      random: () => 0.5,
      randomText: () => this.randomText(),
      fetchToken: (give, fail) => this.fetchToken(give, fail),
      onState: (state, { code, retryInMs }) =>
        this.note({ event: "state", state, ...(code === undefined ? {} : { code }), ...inMs(retryInMs) }),
      onAttached: ({ sessionId: session, protocol, isResumed }) =>
        this.note({ event: isResumed ? "resumed" : "opened", session, protocol }),
      onGap: (gap) => {
        this.note({ event: "gap", ...plainGap(gap) });
        this.onGap();
      },
    };
  }

  get session(): Session {
    return this.machine.session;
  }

  receive(frame: string | Uint8Array, link = this.link): void {
    if (typeof frame === "string") this.machine.receiveText(link, frame);
    else this.machine.receiveBinary(link, frame);
  }

  lose(link = this.link, code = 1006): void {
    link.closedWith ??= code;
    this.machine.linkClosed(link, code, "");
  }
}

function inMs(retryInMs: number | undefined): object {
  return retryInMs === undefined ? {} : { retryInMs };
}

/** A server with all its sessions. */
export class ServerEnd extends TestEnd {
  protected readonly usualTexts = [
    "session-1-of-22-chars0",
    "secret-1-of-22-chars00",
    "secret-2-of-22-chars00",
    "secret-3-of-22-chars00",
  ];
  readonly registry: SessionRegistry<string, undefined>;
  /** In the order in which they began. */
  readonly sessions: Session[] = [];
  readonly #serverLinks = new Map<RecordedLink, ServerLink>();
  /** Replaced by tests that decide later, or not. */
  authenticate: RegistryHost<string, undefined>["authenticate"] = async ({ token = "" }) => {
    const { users } = this.conditions;
    const user = users === undefined ? "anybody" : users[token];
    return user === undefined ? { refused: "The token is not valid" } : { user, userKey: user };
  };

  constructor(options: SessionRegistryOptions = {}, conditions: EndConditions = {}) {
    super(conditions);
    this.registry = new SessionRegistry<string, undefined>(options, {
      now: () => this.clock.now(),
      randomText: () => this.randomText(),
      wakeAt: (target, timeMs) => void this.clock.at(timeMs, () => target.handleTimeout()),
      authenticate: (attempt) => this.authenticate(attempt),
      onRefused: ({ code }) => this.note({ event: "refused", code }),
      selectProtocol: ([first = ""]) => first,
      onSession: (opening) => this.onSession(opening),
    });
  }

  onSession(opening: Opening<string, undefined>): void {
    const { sessionId: session, user, protocol } = opening;
    this.note({ event: "session", session, user, protocol });
    this.sessions.push(opening.create(this.sessionHost()));
  }

  get session(): Session {
    return this.sessions.at(-1)!;
  }

  /** A transport connection comes. */
  accept(): RecordedLink {
    const link = this.newLink();
    this.#serverLinks.set(link, this.registry.acceptLink(link, undefined));
    return link;
  }

  serverLink(link = this.link): ServerLink {
    return this.#serverLinks.get(link)!;
  }

  receive(frame: string | Uint8Array, link = this.link): void {
    if (typeof frame === "string") this.serverLink(link).receiveText(frame);
    else this.serverLink(link).receiveBinary(frame);
  }

  lose(link = this.link): void {
    this.serverLink(link).closed();
  }
}

/** Lets decisions of a server, which are promises, come to their end. */
export async function decided(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
