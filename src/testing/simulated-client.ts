import {
  type Attachment,
  type ClientHost,
  ClientSession,
  type Gap,
  type Link,
  type SessionEnd,
  type SessionStream,
} from "../session/index.ts";
import { Flow, streamOptions } from "./flow.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { checkMemory } from "./memory-check.ts";
import type { Connection, LinkEvents } from "./simulated-connection.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";
import { SimulatedPeer, streamOf } from "./simulated-peer.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { EarliestWake } from "./wake-calls.ts";

/** What all parts of a run share. */
export interface RunParts {
  readonly clock: VirtualClock;
  readonly scenario: Scenario;
  readonly network: SimulatedNetwork;
  readonly problems: string[];
  readonly randomText: () => string;
  /** What each session of a server sends, by session and stream. */
  readonly downFlow: (sessionId: string, stream: string) => Flow;
  readonly trace: (what: string) => void;
}

/** Handlers may be slow, and everything is to be delivered. */
export const closeTimeoutMs = 30 * 60_000;

/** A client's end with its application. */
export class SimulatedClient {
  readonly number: number;
  readonly machine: ClientSession;
  readonly peer: SimulatedPeer;
  readonly upFlows: ReadonlyMap<string, Flow>;
  /** The sessions of which it knows, and those of them whose end it has reported. */
  readonly sessions = new Set<string>();
  readonly endedSessions = new Set<string>();
  readonly #parts: RunParts & { readonly random: Random };
  readonly #connections = new Set<Connection>();
  #sessionId = "";
  /** Of sessions before, what arrived and was not handled: it still is. */
  readonly #leftOver = new Map<string, { flow: Flow; count: number }[]>();
  resumes = 0;
  gaps = 0;
  end: SessionEnd | undefined;
  /** Its process is gone. */
  hasVanished = false;
  /** Something happened after which it need not end cleanly. */
  mayEndUnclean = false;
  /** Whom its tokens stand for. */
  user: string;
  hasToken = true;
  /** Is asked whether the session may be lost. */
  onGap: (sessionId: string) => void = () => {};

  constructor(number: number, parts: RunParts & { readonly random: Random }) {
    this.number = number;
    this.user = `user ${number}`;
    this.#parts = parts;
    this.upFlows = new Map([...streamOptions.keys()].map((name) => [name, new Flow(name)]));
    this.peer = new SimulatedPeer({
      ...parts,
      habits: parts.scenario.habits,
      outgoing: (stream) => this.upFlow(stream),
      incoming: (stream) => this.#incoming(stream),
    });
    this.machine = new ClientSession({ ...parts.scenario.clientLimits, closeTimeoutMs }, this.#host());
    parts.clock.after(0, () => this.machine.start());
  }

  upFlow(stream: string): Flow {
    return this.upFlows.get(stream)!;
  }

  get isOver(): boolean {
    return this.end !== undefined || this.hasVanished;
  }

  get isQuiet(): boolean {
    const { session, state } = this.machine;
    const isIdle = session.bufferedMessages === 0 && session.heldBytes === 0;
    return this.isOver || (state === "connected" && isIdle);
  }

  /** The process is gone. */
  vanish(isHeard: boolean): void {
    if (this.isOver) return;
    this.hasVanished = true;
    this.peer.die();
    for (const connection of this.#connections) connection.abandon(isHeard);
  }

  /** The last session of which it heard, if it did not end in its sight. */
  get openSession(): string | undefined {
    return this.endedSessions.has(this.#sessionId) || this.#sessionId === "" ? undefined : this.#sessionId;
  }

  /** What is wrong with how it ended, in sentences. */
  checkEnd(): string[] {
    const { session, state } = this.machine;
    const { bufferedMessages, bufferedAmount, heldBytes, phase } = session;
    const left = `${bufferedMessages} messages of ${bufferedAmount} bytes wait, ${heldBytes} bytes held`;
    if (this.hasVanished) return [];
    if (this.end === undefined) return [`it did not end: ${state}, ${phase}, ${left}`];
    if (!this.end.wasClean) return this.mayEndUnclean ? [] : [`it ended with ${this.end.code}`];
    return bufferedMessages === 0 && bufferedAmount === 0 && heldBytes === 0 ? [] : [`it ended with ${left}`];
  }

  #incoming(stream: string): Flow {
    const left = this.#leftOver.get(stream)?.[0];
    if (left === undefined) return this.#parts.downFlow(this.#sessionId, stream);
    if (--left.count === 0) this.#leftOver.get(stream)!.shift();
    return left.flow;
  }

  #noteLeftOver(): void {
    for (const name of streamOptions.keys()) {
      const { readableMessages } = streamOf(this.machine.session, name);
      const list = this.#leftOver.get(name) ?? [];
      const known = list.reduce((all, { count }) => all + count, 0);
      const count = readableMessages - known;
      if (count > 0) list.push({ flow: this.#parts.downFlow(this.#sessionId, name), count });
      this.#leftOver.set(name, list);
    }
  }

  #host(): ClientHost {
    const { clock, random, randomText } = this.#parts;
    const wake = new EarliestWake(clock, () => this.#wake());
    return {
      now: () => clock.now(),
      wakeAt: (timeMs) => wake.wakeAt(timeMs),
      random: () => random.next(),
      randomText,
      openLink: () => this.#openLink(),
      fetchToken: (give, fail) => {
        const delayMs = random.chance(0.5) ? 0 : random.next() * 50;
        clock.after(delayMs, () => (this.hasToken ? give(this.user) : fail(new Error("no token"))));
      },
      onState: (state, { text }) => this.#trace(`is ${state}: ${text}`),
      onAttached: (attachment) => this.#attached(attachment),
      onGap: (gap) => this.#gap(gap),
      onReadable: (stream) => this.peer.handle(this.machine.session, stream),
      onRoom: () => {},
      onStream: () => {},
      onExpired: (stream, { payload }) => this.upFlow(stream.name).expire(payload),
      onClosing: () => this.#trace("is asked to close"),
      onEnd: (end) => this.#ended(end),
    };
  }

  #trace(what: string): void {
    this.#parts.trace(`client ${this.number} ${what}`);
  }

  #wake(): void {
    if (!this.hasVanished) this.machine.handleTimeout();
  }

  #openLink(): Link {
    const { machine } = this;
    const guarded = (action: (link: Link) => void): void => {
      if (this.hasVanished) return;
      action(connection.clientEnd);
      checkMemory(machine.session, this.#parts.scenario.clientLimits, (what) => this.#problem(what));
      this.#checkKept();
    };
    const events: LinkEvents = {
      receiveText: (frame) => guarded((link) => machine.receiveText(link, frame)),
      receiveBinary: (frame) => guarded((link) => machine.receiveBinary(link, frame)),
      closed: (code) => {
        this.#connections.delete(connection);
        guarded((link) => machine.linkClosed(link, code, ""));
      },
      drained: () => guarded((link) => machine.linkDrained(link)),
    };
    const connection = this.#parts.network.open(events);
    this.#connections.add(connection);
    return connection.clientEnd;
  }

  /** What the other end has not begun is not forgotten here. */
  #checkKept(): void {
    if (this.gaps > 0 || this.isOver) return;
    let underWay = 0;
    for (const flow of this.upFlows.values()) underWay += flow.underWay;
    const { bufferedMessages } = this.machine.session;
    if (bufferedMessages < underWay)
      this.#problem(`${underWay} messages are under way, ${bufferedMessages} kept`);
  }

  #problem(what: string): void {
    this.#parts.problems.push(`client ${this.number}: ${what}`);
  }

  #attached({ sessionId, isResumed }: Attachment): void {
    if (isResumed) this.resumes++;
    else this.#noteLeftOver();
    this.#trace(`${isResumed ? "resumed" : "opened"} ${sessionId}`);
    this.#sessionId = sessionId;
    this.sessions.add(sessionId);
  }

  #gap(gap: Gap): void {
    this.#trace(`has a gap: ${JSON.stringify(gap)}`);
    this.gaps++;
    this.endedSessions.add(this.#sessionId);
    this.onGap(this.#sessionId);
    this.#report(gap);
  }

  #ended(end: SessionEnd): void {
    const { code, wasClean, gap, error } = end;
    this.#trace(`ended with ${code}${wasClean ? "" : `, not clean: ${JSON.stringify(gap)}`}`);
    this.end = end;
    this.endedSessions.add(this.#sessionId);
    if (error?.closeCode === 3503 || code === 3503) this.#problem(`ended with ${end.reason}`);
    if (wasClean === (gap !== undefined)) this.#problem(`clean is ${wasClean}, and yet a gap or none`);
    if (gap !== undefined) this.#report(gap);
  }

  #report(gap: Gap): void {
    this.peer.reportSent(gap);
    this.peer.reportReceived(gap, (stream) => this.#parts.downFlow(this.#sessionId, stream));
  }

  /** Sends a message on one of the streams. */
  sendOne(name: string, bytes: number): boolean {
    const { session } = this.machine;
    const stream: SessionStream = streamOf(session, name);
    return this.peer.send(session, stream, bytes);
  }
}
