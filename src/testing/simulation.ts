import { Faults } from "./faults.ts";
import { Flow } from "./flow.ts";
import { FrameCount } from "./frame-count.ts";
import { createRandom, type Random } from "./random.ts";
import { type FaultKind, type Scenario, scenarioOf } from "./scenario.ts";
import { type RunParts, SimulatedClient } from "./simulated-client.ts";
import { SimulatedNetwork } from "./simulated-network.ts";
import { streamOf } from "./simulated-peer.ts";
import { isWhole, type ServedSession, SimulatedServer, streamNames } from "./simulated-server.ts";
import { TraceWriter } from "./trace-writer.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What became of a run. */
export interface SimulationResult {
  readonly seed: number;
  /** What is wrong, in sentences; empty if nothing is. */
  readonly problems: readonly string[];
  /** Messages whose handlers began. */
  readonly started: number;
  /** Messages that expired, or were left out of streams that may. */
  readonly expired: number;
  readonly dropped: number;
  /** Messages that were not started, all of them in a range that was reported. */
  readonly unknown: number;
  readonly resumes: number;
  readonly gaps: number;
  readonly frames: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
}

export interface SimulationOptions {
  /** What is otherwise than the seed says. */
  readonly changes?: Partial<Scenario>;
  /** Takes a line for every frame and event, with the virtual time. */
  readonly trace?: (line: string) => void;
}

const faultsMs = 8000;
const quietMsMax = 2 * 60 * 60_000;
/** Long enough that whatever is to be acknowledged was, and that a sleeping end would say something. */
const idleMs = 20_000;
/** Runs take thousands; past this, one does not come to its end. */
const eventsMax = 200_000;
const refusedPauseMs = 50;
/** What is left to acknowledge of handlers that settle late. */
const idleFramesMax = 10;

/**
 * Runs the sessions of a seed with their clients, servers, network and faults, and checks every message of it. The same
 * seed gives the same run on every machine. An error that is thrown is one of its problems.
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  const simulation = new Simulation(seed, options);
  return await simulation.run();
}

class Simulation {
  readonly #seed: number;
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #clock = new VirtualClock(1_000_000);
  readonly #network: SimulatedNetwork;
  readonly #clients: SimulatedClient[] = [];
  readonly #servers: SimulatedServer[] = [];
  readonly #served: ServedSession[] = [];
  readonly #problems: string[] = [];
  readonly #downFlows = new Map<string, Map<string, Flow>>();
  readonly #faults: Faults;
  readonly #frames = new FrameCount();
  readonly #parts: RunParts;
  #texts = 0;
  #events = 0;
  #faultsLeft: number;
  #isDecisionNear = false;

  constructor(seed: number, { changes, trace }: SimulationOptions) {
    this.#seed = seed;
    this.#scenario = { ...scenarioOf(seed), ...changes };
    this.#random = createRandom(seed);
    this.#network = new SimulatedNetwork(this.#clock, this.#random.fork("network"), this.#scenario);
    const writer = trace === undefined ? undefined : new TraceWriter(this.#clock, trace);
    this.#parts = {
      clock: this.#clock,
      scenario: this.#scenario,
      network: this.#network,
      problems: this.#problems,
      randomText: () => `${++this.#texts}-${this.#random.integer(2 ** 40)}`.padEnd(22, "x"),
      downFlow: (sessionId, stream) => this.#downFlow(sessionId, stream),
      trace: (what) => writer?.write(what),
    };
    this.#network.onFrame = (note) => {
      if (note.what === "sends") this.#frames.add(note.frame);
      writer?.writeFrame(note);
    };
    this.#network.onConnection = (link) => this.#server.accept(link);
    this.#faults = this.#makeFaults();
    this.#faultsLeft = this.#scenario.faults;
    this.#startServer();
  }

  #makeFaults(): Faults {
    return new Faults(
      {
        ...this.#parts,
        clients: this.#clients,
        suspendedMsMax: this.#scenario.suspendedMsMax,
        server: () => this.#server,
        replaceServer: () => this.#startServer(),
        servedSessions: () => this.#served,
      },
      this.#random.fork("faults"),
    );
  }

  get #server(): SimulatedServer {
    return this.#servers.at(-1)!;
  }

  async run(): Promise<SimulationResult> {
    try {
      await this.#runAll();
    } catch (error) {
      this.#problems.push(error instanceof Error ? `${error.stack}` : `${String(error)} was thrown`);
    }
    return this.#result();
  }

  async #runAll(): Promise<void> {
    for (let number = 0; number < this.#scenario.clients; number++) this.#startClient(number);
    for (let number = 0; number < this.#scenario.faults; number++)
      this.#clock.after(this.#random.next() * faultsMs, () => this.#strike());
    await this.#runFor(faultsMs);
    await this.#runFor(quietMsMax, () => this.#isQuiet);
    await this.#checkIdle();
    for (const client of this.#clients) if (!client.isOver) client.machine.session.close();
    await this.#runFor(quietMsMax, () => this.#clients.every((client) => client.isOver));
    await this.#runFor(Number.MAX_SAFE_INTEGER);
    this.#checkEnd();
  }

  #strike(): void {
    this.#faultsLeft--;
    this.#faults.strike(this.#random.pick(this.#scenario.faultKinds));
  }

  get #isQuiet(): boolean {
    const isBusy = this.#faultsLeft > 0 || this.#network.isOffline || this.#server.isUnavailable;
    return !isBusy && [...this.#clients, ...this.#servers].every((end) => end.isQuiet);
  }

  async #runFor(durationMs: number, isOver: () => boolean = () => false): Promise<void> {
    const untilMs = this.#clock.now() + durationMs;
    while (!isOver() && this.#clock.nextTime <= untilMs) {
      if (++this.#events > eventsMax)
        throw new Error(`More than ${eventsMax} events: it does not come to rest`);
      this.#clock.runNext();
      if (this.#isDecisionNear) await this.#settleDecisions();
    }
  }

  /** Promises of the server's decisions take a few turns; nothing else in a run is a promise. */
  async #settleDecisions(): Promise<void> {
    this.#isDecisionNear = false;
    for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  }

  /** Ends that have nothing to say are silent. */
  async #checkIdle(): Promise<void> {
    await this.#runFor(1000);
    if (!this.#isQuiet) return;
    const { acks, streams, data, attachments, others } = this.#frames;
    await this.#runFor(idleMs);
    const said = this.#frames.acks + this.#frames.streams - acks - streams;
    const now = this.#frames;
    const isUndisturbed = now.data === data && now.attachments === attachments && now.others === others;
    if (said > idleFramesMax && isUndisturbed && this.#isQuiet)
      this.#problems.push(`${said} frames were sent with nothing to say`);
  }

  #startServer(): void {
    const server = new SimulatedServer({
      ...this.#parts,
      random: this.#random.fork(`server ${this.#servers.length}`),
      clientOf: (user) => this.#clients[Number.parseInt(user.slice(5), 10)]!,
      noteDecision: () => (this.#isDecisionNear = true),
      onSession: (served) => this.#noteSession(served),
    });
    this.#servers.push(server);
  }

  #noteSession(served: ServedSession): void {
    const { client, session, peer } = served;
    const others = this.#served.filter((one) => one.client === client && one.end === undefined);
    if (others.some(({ server }) => server === served.server) && !client.mayEndUnclean)
      this.#problems.push(`client ${client.number} has two sessions at once`);
    this.#served.push(served);
    this.#sendMany({
      isOver: () => peer.isDead || session.phase !== "open",
      send: (name, bytes) => peer.send(session, streamOf(session, name), bytes),
    });
  }

  #startClient(number: number): void {
    const client = new SimulatedClient(number, {
      ...this.#parts,
      random: this.#random.fork(`client ${number}`),
    });
    client.onGap = (sessionId) => this.#checkGap(sessionId);
    this.#clients.push(client);
    this.#sendMany({
      isOver: () => client.isOver,
      send: (name, bytes) => client.sendOne(name, bytes),
    });
  }

  #sendMany(sender: { isOver: () => boolean; send: (stream: string, bytes: number) => boolean }): void {
    const { messages, messageBytesMax, sendEveryMsMax } = this.#scenario;
    let left = messages;
    const sendNext = (): void => {
      if (sender.isOver()) return;
      const bytes = Math.floor(this.#random.next() ** 3 * messageBytesMax);
      const isAccepted = sender.send(this.#random.pick(streamNames), bytes);
      if (isAccepted) left--;
      const pauseMs = isAccepted ? 0 : refusedPauseMs;
      if (left > 0) this.#clock.after(pauseMs + this.#random.next() * sendEveryMsMax, sendNext);
    };
    this.#clock.after(0, sendNext);
  }

  #downFlow(sessionId: string, stream: string): Flow {
    let flows = this.#downFlows.get(sessionId);
    if (flows === undefined) this.#downFlows.set(sessionId, (flows = new Map<string, Flow>()));
    let flow = flows.get(stream);
    if (flow === undefined) flows.set(stream, (flow = new Flow(stream)));
    return flow;
  }

  /** A client may lose its session only if the server lost it, too, or is about to go. */
  #checkGap(sessionId: string): void {
    const served = this.#served.find(({ id }) => id === sessionId);
    // What has arrived there may still be handled, but is reported, and the session that follows overtakes it.
    if (served !== undefined) served.peer.isDead = true;
    const isOnlyDraining = this.#scenario.faultKinds.every((kind) => kind === "drain");
    const isLost = served !== undefined && (served.server.isDead || served.end !== undefined);
    if (isOnlyDraining || !(isLost || served?.server.isDraining === true))
      this.#problems.push(`a gap in ${sessionId}, although the server has it`);
  }

  #checkEnd(): void {
    for (const client of this.#clients)
      this.#problems.push(...client.checkEnd().map((problem) => `client ${client.number}: ${problem}`));
    for (const server of this.#servers)
      this.#problems.push(...server.checkEnd().map((problem) => `server: ${problem}`));
    if (this.#network.connections.length > 0)
      this.#problems.push(`${this.#network.connections.length} connections are left open`);
    if (this.#clock.size > 0)
      this.#problems.push(`${this.#clock.size} timers are left, the first at ${this.#clock.nextTime}`);
    for (const client of this.#clients) this.#checkUp(client);
    for (const served of this.#served) this.#checkDown(served);
    this.#checkFrames();
  }

  #checkUp(client: SimulatedClient): void {
    const { hasVanished, openSession, number } = client;
    const last = this.#served.find(({ id }) => id === openSession);
    // A peer that is dead handles nothing that has arrived, which only the client would have reported.
    const isHandled = last === undefined || (last.end !== undefined && !last.peer.isDead);
    const isWitnessed = !hasVanished || isHandled;
    if (hasVanished && last?.end?.gap !== undefined) client.peer.reportMissed(last.end.gap);
    const isComplete = client.end?.wasClean === true && client.gaps === 0;
    for (const [stream, flow] of client.upFlows) {
      const problems = flow.finish({ isWitnessed, isComplete, dropped: client.peer.droppedOf(stream) });
      this.#problems.push(...problems.map((problem) => `client ${number}, up "${stream}": ${problem}`));
    }
  }

  #checkDown(served: ServedSession): void {
    const { id, client, peer, end } = served;
    // What had come to a client, and waited for its handlers, is gone with it.
    const isWitnessed = end !== undefined || (client.endedSessions.has(id) && !client.hasVanished);
    const isHopeless = served.server.isDead && (client.hasVanished || !client.sessions.has(id));
    if (!isWitnessed && !isHopeless) this.#problems.push(`nobody reported the end of ${id}`);
    const isComplete = isWhole(served) && !client.hasVanished;
    for (const [stream, flow] of this.#downFlows.get(id) ?? []) {
      const problems = flow.finish({ isWitnessed, isComplete, dropped: peer.droppedOf(stream) });
      this.#problems.push(...problems.map((problem) => `${id}, down "${stream}": ${problem}`));
    }
  }

  /** Acknowledgements are in proportion to what there is to acknowledge. */
  #checkFrames(): void {
    const { data, acks, attachments, streams, others } = this.#frames;
    const settled = sum([...this.#clients, ...this.#served].map(({ peer }) => peer.settled));
    const acksMax = 2 * (data + settled + streams + others) + 2 * streamNames.length * attachments;
    if (acks > acksMax)
      this.#problems.push(`${acks} acks for ${data} data frames and ${settled} handlers, at most ${acksMax}`);
  }

  #flows(): Flow[] {
    const down = [...this.#downFlows.values()].flatMap((flows) => [...flows.values()]);
    return [...this.#clients.flatMap(({ upFlows }) => [...upFlows.values()]), ...down];
  }

  #result(): SimulationResult {
    const flows = this.#flows();
    const peers = [...this.#clients, ...this.#served].map(({ peer }) => peer);
    return {
      seed: this.#seed,
      problems: this.#problems,
      started: sum(flows.map(({ started }) => started)),
      expired: sum(flows.map(({ expired }) => expired)),
      dropped: sum(peers.flatMap((peer) => streamNames.map((name) => peer.droppedOf(name)))),
      unknown: sum(flows.map(({ unknown }) => unknown)),
      resumes: sum(this.#clients.map(({ resumes }) => resumes)),
      gaps: sum(this.#clients.map(({ gaps }) => gaps)),
      frames: this.#frames.all,
      faults: this.#faults.counts,
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
