import {
  type Attachment,
  type ClientHost,
  ClientSession,
  type Gap,
  type Link,
  type Opening,
  type Session,
  SessionRegistry,
  type SessionStream,
} from "../session/index.ts";
import type { DeliveryReport } from "./delivery-report.ts";
import { createRandom, type Random } from "./random.ts";
import { type LinkEvents, SimulatedNetwork } from "./simulated-network.ts";
import { Flow, type HandlerHabits, SimulatedPeer, streamNames } from "./simulated-peer.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Everything that a seed decides about a run; any of it may be given instead. */
export interface Scenario {
  readonly clients: number;
  /** What each client and each session of the server sends, at least. */
  readonly messages: number;
  readonly messageBytesMax: number;
  readonly sendEveryMsMax: number;
  readonly faults: number;
  /** Which kinds of fault may happen. */
  readonly faultKinds: readonly FaultKind[];
  readonly window: { readonly messages: number; readonly bytes: number };
  readonly latencyMsMax: number;
  readonly bytesPerMsMin: number;
  readonly openMsMax: number;
  readonly habits: HandlerHabits;
}

/** cut: the link is lost; halfOpen: one end does not hear of it; freeze: nothing arrives for a while; offline: nothing can be opened; jump: the clock leaps; suspect: the client doubts its link; kill: the server forgets everything; drain: it goes away in peace. */
export const faultKinds = ["cut", "halfOpen", "freeze", "offline", "jump", "suspect", "kill", "drain"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What became of a run. */
export interface SimulationResult {
  readonly seed: number;
  /** What is wrong, in sentences; empty if nothing is. */
  readonly problems: readonly string[];
  readonly started: number;
  readonly unknown: number;
  readonly resumes: number;
  readonly gaps: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
}

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const random = createRandom(`scenario ${seed}`);
  const isTight = random.chance(0.3);
  return {
    clients: 1 + random.integer(2),
    messages: 5 + random.integer(40),
    messageBytesMax: random.pick([20, 200, 5000, 60_000]),
    sendEveryMsMax: random.pick([1, 20, 200]),
    faults: random.integer(8),
    faultKinds: random.chance(0.7) ? faultKinds.filter((kind) => kind !== "kill" && kind !== "drain") : faultKinds,
    window: isTight ? { messages: 1 + random.integer(3), bytes: random.pick([1, 100, 3000]) } : { messages: 64, bytes: 65_536 },
    latencyMsMax: random.pick([0, 5, 100]),
    bytesPerMsMin: random.pick([10, 1000]),
    openMsMax: random.pick([1, 50, 3000]),
    habits: {
      lateShare: random.pick([0, 0.2, 0.8]),
      lateMsMax: random.pick([1, 50, 500]),
      answerShare: random.pick([0, 0.2]),
      awaitShare: random.pick([0, 0.2]),
    },
  };
}

const quietMs = 60 * 60_000;
/** Handlers may be slow, and everything is to be delivered. */
const closeTimeoutMs = 30 * 60_000;

/** Runs the sessions of a seed, and checks every message of it. */
export async function simulate(seed: number, changes: Partial<Scenario> = {}): Promise<SimulationResult> {
  return new Simulation(seed, { ...scenarioOf(seed), ...changes }).run();
}

/** A server process: it has its sessions until it is killed, or has drained. */
interface ServerProcess {
  readonly registry: SessionRegistry<string, number>;
  readonly peers: SimulatedPeer[];
  isDead: boolean;
}

class Simulation {
  readonly #seed: number;
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #clock = new VirtualClock(1_000_000);
  readonly #network: SimulatedNetwork;
  readonly #clients: SimulatedClient[] = [];
  readonly #problems: string[] = [];
  readonly #faults: Partial<Record<FaultKind, number>> = {};
  /** What each session of a server sends, by session and stream. */
  readonly #downFlows = new Map<string, Flow>();
  #server: ServerProcess;
  #tokens = 0;
  #isDecisionNear = false;

  constructor(seed: number, scenario: Scenario) {
    this.#seed = seed;
    this.#scenario = scenario;
    this.#random = createRandom(seed);
    this.#network = new SimulatedNetwork(this.#clock, this.#random.fork("network"), scenario);
    this.#server = this.#startServer();
    this.#network.onConnection = (link) => this.#accept(link);
  }

  async run(): Promise<SimulationResult> {
    const { clients, faults } = this.#scenario;
    for (let number = 0; number < clients; number++) this.#clients.push(this.#startClient(number));
    for (let number = 0; number < faults; number++) this.#clock.after(this.#random.next() * 8000, () => this.#fail());
    await this.#runUntil(this.#clock.now() + 10_000);
    this.#network.isOffline = false;
    await this.#runUntil(this.#clock.now() + quietMs, () => this.#clients.every((client) => client.isQuiet));
    for (const client of this.#clients) client.close();
    await this.#runUntil(this.#clock.now() + quietMs, () => this.#clients.every((client) => client.isClosed));
    return this.#result();
  }

  async #runUntil(timeMs: number, isOver: () => boolean = () => false): Promise<void> {
    while (this.#clock.size > 0 && this.#clock.nextTime <= timeMs) {
      this.#clock.runNext();
      if (this.#isDecisionNear) await this.#settleDecisions();
      if (isOver()) return;
    }
  }

  /** Promises of the server's decisions take a few turns; nothing else in a run is a promise. */
  async #settleDecisions(): Promise<void> {
    this.#isDecisionNear = false;
    for (let turn = 0; turn < 12; turn++) await undefined;
  }

  #startServer(): ServerProcess {
    const { window } = this.#scenario;
    const process: ServerProcess = {
      isDead: false,
      peers: [],
      registry: new SessionRegistry<string, number>(
        { window, messageBytesMax: 131_072, closeTimeoutMs, suspendedMsMax: 120_000, retryAfterMs: () => this.#random.integer(300) },
        {
          now: () => this.#clock.now(),
          randomText: () => this.#randomText(),
          wakeAt: (target, timeMs) => {
            this.#clock.at(timeMs, () => {
              if (!process.isDead) target.handleTimeout();
            });
          },
          authenticate: ({ token }) =>
            new Promise((resolve) => {
              this.#clock.after(this.#random.chance(0.5) ? 0 : this.#random.next() * 100, () => {
                this.#isDecisionNear = true;
                resolve({ user: token!, userKey: token! });
              });
            }),
          onRefused: ({ message, cause }) => {
            if (cause !== undefined) this.#problems.push(`${message}: ${(cause as Error).stack}`);
          },
          selectProtocol: () => "",
          onSession: (opening) => this.#openSession(process, opening),
        },
      ),
    };
    return process;
  }

  #randomText(): string {
    this.#tokens++;
    return `${this.#tokens}-${this.#random.integer(2 ** 40)}`.padEnd(22, "x");
  }

  #openSession(process: ServerProcess, { sessionId, user, create }: Opening<string, number>): void {
    const client = this.#clients[Number(user.split(" ")[1])]!;
    const peer = new SimulatedPeer({
      clock: this.#clock,
      random: this.#random.fork(sessionId),
      habits: this.#scenario.habits,
      outgoing: (stream) => this.downFlow(sessionId, stream),
      incoming: (stream) => client.upFlow(stream),
    });
    const session: Session = create({
      now: () => this.#clock.now(),
      wakeAt: () => {},
      onReadable: peer.handle,
      onRoom: () => {},
      onStream: () => {},
      onExpired: () => this.#problems.push("the server expired a message"),
      onClosing: () => {},
      onEnd: (end) => {
        peer.isDead = end.gap !== undefined;
        if (end.error?.closeCode === 3503) this.#problems.push(`server: ${end.error.message}`);
        if (end.gap !== undefined) peer.reportGap(end.gap, { sent: (stream) => this.downFlow(sessionId, stream) });
      },
    });
    process.peers.push(peer);
    this.#sendFrom(peer, session);
  }

  downFlow(sessionId: string, stream: string): Flow {
    const key = `${sessionId} ${stream}`;
    let flow = this.#downFlows.get(key);
    if (flow === undefined) this.#downFlows.set(key, (flow = new Flow()));
    return flow;
  }

  #sendFrom(peer: SimulatedPeer, session: Session): void {
    peer.answer = (stream) => void this.#sendOne(peer, stream);
    this.#sendMany(peer, (name) => streamOf(session, name), () => session.phase !== "open");
  }

  #sendMany(peer: SimulatedPeer, streamOf: (name: string) => SessionStream, isOver: () => boolean): void {
    let left = this.#scenario.messages;
    const sendNext = (): void => {
      if (peer.isDead || isOver()) return;
      if (this.#sendOne(peer, streamOf(this.#random.pick(streamNames)))) left--;
      if (left > 0) this.#clock.after(this.#random.next() * this.#scenario.sendEveryMsMax, sendNext);
    };
    this.#clock.after(0, sendNext);
  }

  #sendOne(peer: SimulatedPeer, stream: SessionStream): boolean {
    const bytes = Math.floor(this.#random.next() ** 3 * this.#scenario.messageBytesMax);
    return peer.send(stream, bytes);
  }

  #accept(link: Link): LinkEvents | null {
    const process = this.#server;
    const isAlive = (): boolean => !process.isDead;
    const serverLink = process.registry.acceptLink(link, 0);
    return {
      receiveText: (frame) => {
        if (frame.startsWith("open ") || frame.startsWith("resume ")) this.#isDecisionNear = true;
        if (isAlive()) serverLink.receiveText(frame);
      },
      receiveBinary: (frame) => {
        if (isAlive()) serverLink.receiveBinary(frame);
      },
      closed: () => {
        if (isAlive()) serverLink.closed();
      },
      drained: () => {
        if (isAlive()) serverLink.drained();
      },
    };
  }

  #startClient(number: number): SimulatedClient {
    const random = this.#random.fork(`client ${number}`);
    const client = new SimulatedClient(number, {
      clock: this.#clock,
      random,
      scenario: this.#scenario,
      network: this.#network,
      downFlow: (sessionId, stream) => this.downFlow(sessionId, stream),
      randomText: () => this.#randomText(),
      problems: this.#problems,
    });
    this.#sendMany(client.peer, (name) => streamOf(client.machine.session, name), () => client.isClosed);
    return client;
  }

  #fail(): void {
    const kind = this.#random.pick(this.#scenario.faultKinds);
    this.#faults[kind] = (this.#faults[kind] ?? 0) + 1;
    const { connections } = this.#network;
    const client = this.#random.pick(this.#clients);
    const connection = connections.length === 0 ? undefined : this.#random.pick(connections);
    switch (kind) {
      case "cut":
        return connection?.cut({ afterBytes: this.#random.integer(300), isHeardBy: "both" });
      case "halfOpen":
        return connection?.cut({ afterBytes: this.#random.integer(300), isHeardBy: this.#random.pick(["client", "server", "nobody"]) });
      case "freeze":
        return connection?.freeze(this.#random.next() * 20_000, this.#random.pick(["up", "down", "both"]));
      case "offline":
        this.#network.isOffline = true;
        for (const one of connections) one.cut({ afterBytes: 0, isHeardBy: "both" });
        this.#clock.after(this.#random.next() * 2000, () => {
          this.#network.isOffline = false;
          client.machine.retryNow();
        });
        return;
      case "jump":
        return void this.#clock.after(0, () => this.#clock.jump(this.#random.next() * 60_000));
      case "suspect":
        return this.#random.chance(0.5) ? client.machine.suspectLink() : client.machine.dropLink();
      case "kill":
        return this.#kill();
      case "drain":
        return this.#drain();
    }
  }

  #kill(): void {
    const dead = this.#server;
    dead.isDead = true;
    for (const peer of dead.peers) peer.die();
    for (const connection of this.#network.connections)
      connection.cut({ afterBytes: 0, isHeardBy: this.#random.chance(0.8) ? "client" : "nobody" });
    this.#server = this.#startServer();
  }

  #drain(): void {
    const old = this.#server;
    this.#server = this.#startServer();
    old.registry.drain();
    this.#clock.after(5000, () => {
      if (!old.isDead) old.registry.endAll();
    });
  }

  #result(): SimulationResult {
    let started = 0;
    let unknown = 0;
    const check = (name: string, flow: Flow, isDrained: boolean): void => {
      const report = flow.checker.finish({ isDrained });
      started += flow.started;
      unknown += report.unknown;
      if (flow.broken > 0) this.#problems.push(`${name}: ${flow.broken} messages arrived broken`);
      if (!report.hasPassed) this.#problems.push(`${name}: ${describe(report)}`);
    };
    const heardOf = new Set(this.#clients.flatMap((client) => [...client.sessions]));
    for (const client of this.#clients) {
      for (const [stream, flow] of client.upFlows) check(`client ${client.number} up "${stream}"`, flow, true);
      client.checkEnd();
    }
    // Of a session that was never heard of at the client, and whose server died, nobody is left to report.
    for (const [key, flow] of this.#downFlows) if (heardOf.has(key.split(" ")[0]!)) check(`down ${key}`, flow, true);
    return {
      seed: this.#seed,
      problems: this.#problems,
      started,
      unknown,
      resumes: sum(this.#clients.map((client) => client.resumes)),
      gaps: sum(this.#clients.map((client) => client.gaps)),
      faults: this.#faults,
    };
  }
}

function streamOf(session: Session, name: string): SessionStream {
  if (name === "") return session.main;
  return session.stream(name, { priority: name === "bulk" ? "bulk" : "interactive" });
}

function describe({ lost, duplicate, reordered, unreportedUnknown, examples }: DeliveryReport): string {
  return `lost ${lost}, duplicate ${duplicate}, reordered ${reordered}, unreported ${unreportedUnknown}; ${JSON.stringify(examples).slice(0, 300)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

interface ClientParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly scenario: Scenario;
  readonly network: SimulatedNetwork;
  readonly downFlow: (sessionId: string, stream: string) => Flow;
  readonly randomText: () => string;
  readonly problems: string[];
}

class SimulatedClient {
  readonly number: number;
  readonly machine: ClientSession;
  readonly peer: SimulatedPeer;
  readonly upFlows = new Map<string, Flow>();
  readonly sessions = new Set<string>();
  readonly #parts: ClientParts;
  #sessionId = "";
  /** Of the session before, what arrived and was not handled: it still is. */
  #leftOver = new Map<string, { flow: Flow; count: number }[]>();
  resumes = 0;
  gaps = 0;
  isClosed = false;
  #wasClean = false;

  constructor(number: number, parts: ClientParts) {
    this.number = number;
    this.#parts = parts;
    const { clock, random, scenario } = parts;
    this.peer = new SimulatedPeer({
      clock,
      random,
      habits: scenario.habits,
      outgoing: (stream) => this.upFlow(stream),
      incoming: (stream) => this.#incoming(stream),
    });
    this.machine = new ClientSession({ window: scenario.window, messageBytesMax: 131_072, closeTimeoutMs }, this.#host());
    this.peer.answer = (stream) => void this.peer.send(stream, 20);
    clock.after(0, () => this.machine.start());
  }

  upFlow(stream: string): Flow {
    let flow = this.upFlows.get(stream);
    if (flow === undefined) this.upFlows.set(stream, (flow = new Flow()));
    return flow;
  }

  get isQuiet(): boolean {
    const { session, state } = this.machine;
    return state === "connected" && session.bufferedAmount === 0 && session.bufferedMessages === 0 && session.heldBytes === 0;
  }

  close(): void {
    this.machine.session.close();
  }

  checkEnd(): void {
    const { session, state } = this.machine;
    if (!this.isClosed) {
      this.#parts.problems.push(
        `client ${this.number} did not end: ${state}, ${session.phase}, ${session.bufferedMessages} messages of ${session.bufferedAmount} bytes wait`,
      );
    } else if (!this.#wasClean) this.#parts.problems.push(`client ${this.number} did not end cleanly`);
  }

  #incoming(stream: string): Flow {
    const left = this.#leftOver.get(stream)?.[0];
    if (left === undefined) return this.#parts.downFlow(this.#sessionId, stream);
    if (--left.count === 0) this.#leftOver.get(stream)!.shift();
    return left.flow;
  }

  #noteLeftOver(): void {
    for (const name of streamNames) {
      const { session } = this.machine;
      const stream = streamOf(session, name);
      const count = stream.readableMessages;
      const known = (this.#leftOver.get(name) ?? []).reduce((all, { count: some }) => all + some, 0);
      const list = this.#leftOver.get(name) ?? [];
      if (count > known) list.push({ flow: this.#parts.downFlow(this.#sessionId, name), count: count - known });
      this.#leftOver.set(name, list);
    }
  }

  #host(): ClientHost {
    const { clock, random, network, randomText, problems } = this.#parts;
    return {
      now: () => clock.now(),
      wakeAt: (timeMs) => void clock.at(timeMs, () => this.machine.handleTimeout()),
      random: () => random.next(),
      randomText,
      openLink: () => this.#openLink(network),
      fetchToken: (give) => void clock.after(random.chance(0.5) ? 0 : random.next() * 50, () => give(`user ${this.number}`)),
      onState: () => {},
      onAttached: (attachment) => this.#attached(attachment),
      onGap: (gap) => this.#gap(gap),
      onReadable: this.peer.handle,
      onRoom: () => {},
      onStream: () => {},
      onExpired: () => problems.push(`client ${this.number} expired a message`),
      onClosing: () => {},
      onEnd: (end) => {
        this.isClosed = true;
        this.#wasClean = end.wasClean;
        if (end.error !== undefined) problems.push(`client ${this.number}: ${end.error.message}`);
        if (end.gap !== undefined) this.#reportGap(end.gap);
      },
    };
  }

  #openLink(network: SimulatedNetwork): Link {
    const link = network.open({
      receiveText: (frame) => this.machine.receiveText(link, frame),
      receiveBinary: (frame) => this.machine.receiveBinary(link, frame),
      closed: (code) => this.machine.linkClosed(link, code, ""),
      drained: () => this.machine.linkDrained(link),
    });
    return link;
  }

  #attached({ sessionId, isResumed }: Attachment): void {
    if (isResumed) this.resumes++;
    else this.#noteLeftOver();
    this.#sessionId = sessionId;
    this.sessions.add(sessionId);
  }

  #gap(gap: Gap): void {
    this.gaps++;
    this.#reportGap(gap);
  }

  #reportGap(gap: Gap): void {
    this.peer.reportGap(gap, {
      sent: (stream) => this.upFlow(stream),
      received: (stream) => this.#parts.downFlow(this.#sessionId, stream),
    });
  }
}
