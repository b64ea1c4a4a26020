import {
  type Attempt,
  type Link,
  MemoryDirectory,
  type Opening,
  type Session,
  type SessionDirectory,
  type SessionEnd,
  SessionRegistry,
  type Verdict,
} from "../session/index.ts";
import { streamOptions } from "./flow.ts";
import { checkMemory } from "./memory-check.ts";
import type { Random } from "./random.ts";
import { closeTimeoutMs, type RunParts, type SimulatedClient } from "./simulated-client.ts";
import type { LinkEvents } from "./simulated-connection.ts";
import { SimulatedPeer } from "./simulated-peer.ts";
import { type WakeTarget, WakeTicks } from "./wake-calls.ts";

/** A session at a server, from its begin on. */
export interface ServedSession {
  readonly id: string;
  readonly client: SimulatedClient;
  readonly server: SimulatedServer;
  readonly session: Session;
  readonly peer: SimulatedPeer;
  /** Undefined until it ended here. */
  end: SessionEnd | undefined;
}

export interface ServerParts extends RunParts {
  readonly random: Random;
  readonly clientOf: (user: string) => SimulatedClient;
  readonly onSession: (served: ServedSession) => void;
  /** Something happened that promises wait for. */
  readonly noteDecision: () => void;
}

/** A server process: it has its sessions until it is killed, or has drained. */
export class SimulatedServer {
  readonly registry: SessionRegistry<string, number>;
  readonly served: ServedSession[] = [];
  readonly #parts: ServerParts;
  isDead = false;
  isDraining = false;
  /** Nobody can be authenticated now. */
  isUnavailable = false;
  /** Users that are refused. */
  readonly refused = new Set<string>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { clock, random, scenario } = parts;
    const { suspendedMsMax, serverLimits } = scenario;
    const wakes = new WakeTicks(clock, (target) => this.#wake(target));
    const options = { ...serverLimits, closeTimeoutMs, suspendedMsMax, sessionsPerUserMax: 2 };
    this.registry = new SessionRegistry(
      { ...options, retryAfterMs: () => random.integer(300), directory: this.#directory() },
      {
        now: () => clock.now(),
        randomText: parts.randomText,
        wakeAt: (target, timeMs) => wakes.wakeAt(target, timeMs),
        authenticate: (attempt) => this.#authenticate(attempt),
        onRefused: ({ message, cause }) => this.#noteRefused(message, cause),
        selectProtocol: () => "",
        onSession: (opening) => this.#begin(opening),
      },
    );
  }

  #wake(target: WakeTarget): void {
    if (this.isDead) return;
    target.handleTimeout();
    this.#checkMemory();
  }

  #checkMemory(): void {
    const { problems, scenario } = this.#parts;
    for (const { session } of this.registry.sessions())
      checkMemory(session, scenario.serverLimits, (problem) => problems.push(`server: ${problem}`));
  }

  #later<T>(delayMs: number, decide: (resolve: (value: T) => void, reject: (cause: Error) => void) => void) {
    return new Promise<T>((resolve, reject) => {
      this.#parts.clock.after(delayMs, () => {
        if (this.isDead) return;
        this.#parts.noteDecision();
        decide(resolve, reject);
      });
    });
  }

  #authenticate({ token }: Attempt<number>): Promise<Verdict<string>> {
    const { random, scenario } = this.#parts;
    const user = token!;
    return this.#later(
      random.chance(0.5) ? 0 : random.next() * scenario.authenticateMsMax,
      (resolve, reject) => {
        if (this.isUnavailable) reject(unavailable);
        else resolve(this.refused.has(user) ? { refused: "not you" } : { user, userKey: user });
      },
    );
  }

  /** A directory that takes its time, as one on another machine. */
  #directory(): SessionDirectory {
    const { random, scenario } = this.#parts;
    const memory = new MemoryDirectory();
    const { directoryMsMax } = scenario;
    if (directoryMsMax === 0) return memory;
    const wait = (): Promise<void> => this.#later(random.next() * directoryMsMax, (resolve) => resolve());
    return {
      claim: async (...claim) => {
        await wait();
        return memory.claim(...claim);
      },
      find: async (id) => {
        await wait();
        return memory.find(id);
      },
      release: async (id, fencingToken) => {
        await wait();
        return memory.release(id, fencingToken);
      },
    };
  }

  #noteRefused(message: string, cause: unknown): void {
    this.#parts.trace(`server refuses: ${message}`);
    if (cause !== undefined && cause !== unavailable)
      this.#parts.problems.push(`${message}: ${(cause as Error).stack}`);
  }

  #begin(opening: Opening<string, number>): void {
    const { sessionId, user } = opening;
    const { random, scenario, downFlow, clientOf, onSession } = this.#parts;
    const client = clientOf(user);
    const peer = new SimulatedPeer({
      ...this.#parts,
      random: random.fork(sessionId),
      habits: scenario.habits,
      outgoing: (stream) => downFlow(sessionId, stream),
      incoming: (stream) => client.upFlow(stream),
    });
    const session: Session = opening.create({
      onReadable: (stream) => peer.handle(session, stream),
      onRoom: () => {},
      onStream: () => {},
      onExpired: (stream, { payload }) => downFlow(sessionId, stream.name).expire(payload),
      onClosing: () => {},
      onEnd: (end) => this.#ended(served, end),
    });
    const served: ServedSession = { id: sessionId, client, server: this, session, peer, end: undefined };
    this.served.push(served);
    onSession(served);
  }

  #ended(served: ServedSession, end: SessionEnd): void {
    const { problems, trace } = this.#parts;
    const { client, peer, id } = served;
    served.end = end;
    trace(`server's session ${id} ended with ${end.code} ${end.reason}: ${JSON.stringify(end.gap)}`);
    if (end.code === 3503) problems.push(`server: ${end.reason}`);
    if (end.wasClean === (end.gap !== undefined)) problems.push("server: clean and yet a gap, or neither");
    if (end.gap !== undefined) peer.reportSent(end.gap);
    // What is here is handled nevertheless, but a session that follows would overtake it.
    if (end.gap !== undefined && !client.hasVanished) peer.isDead = true;
  }

  accept(link: Link): LinkEvents | null {
    if (this.isDead) return null;
    const serverLink = this.registry.acceptLink(link, 0);
    const guarded = (action: () => void): void => {
      if (this.isDead) return;
      action();
      this.#checkMemory();
    };
    return {
      receiveText: (frame) => {
        if (frame.startsWith("open ") || frame.startsWith("resume ")) this.#parts.noteDecision();
        guarded(() => serverLink.receiveText(frame));
      },
      receiveBinary: (frame) => guarded(() => serverLink.receiveBinary(frame)),
      closed: () => guarded(() => serverLink.closed()),
      drained: () => guarded(() => serverLink.drained()),
    };
  }

  /** The process is killed. */
  kill(): void {
    this.isDead = true;
    for (const { peer } of this.served) peer.die();
  }

  drain(): void {
    this.isDraining = true;
    this.registry.drain();
  }

  endAll(): void {
    if (!this.isDead) this.registry.endAll();
  }

  get isQuiet(): boolean {
    return this.served.every(
      ({ session, end }) =>
        this.isDead || end !== undefined || (session.bufferedMessages === 0 && session.heldBytes === 0),
    );
  }

  /** What is left although all clients are gone, in sentences. */
  checkEnd(): string[] {
    if (this.isDead) return [];
    const left = this.registry.size === 0 ? [] : [`${this.registry.size} sessions are left`];
    for (const { id, end, session } of this.served) {
      const { bufferedMessages, bufferedAmount, heldBytes } = session;
      if (end === undefined) left.push(`session ${id} did not end`);
      else if (end.wasClean && bufferedMessages + bufferedAmount + heldBytes > 0)
        left.push(
          `${id} ended with ${bufferedMessages} messages of ${bufferedAmount} bytes, ${heldBytes} held`,
        );
    }
    return left;
  }
}

const unavailable = new Error("The user store does not answer");

/** Whether each flow of the session was complete: nothing was lost with it. */
export function isWhole({ end }: ServedSession): boolean {
  return end?.wasClean === true;
}

export const streamNames: readonly string[] = [...streamOptions.keys()];
