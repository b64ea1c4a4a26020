import type { Gap, Session, SessionStream } from "../session/index.ts";
import { type Flow, streamOptions } from "./flow.ts";
import type { Random } from "./random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How the handlers of a run behave. */
export interface HandlerHabits {
  /** How many of them settle later, and how much later at most. */
  readonly lateShare: number;
  readonly lateMsMax: number;
  /** How many answer with a message of their own, and how many wait for one of the other side. */
  readonly answerShare: number;
  readonly awaitShare: number;
}

interface PeerParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly habits: HandlerHabits;
  readonly problems: string[];
  readonly outgoing: (stream: string) => Flow;
  readonly incoming: (stream: string) => Flow;
}

const answerBytes = 20;

/** The stream of a simulated session. */
export function streamOf(session: Session, name: string): SessionStream {
  return name === "" ? session.main : session.stream(name, streamOptions.get(name));
}

/** The application at one end: sends, and handles what comes as the habits say. */
export class SimulatedPeer {
  readonly #parts: PeerParts;
  readonly #used = new Set<SessionStream>();
  readonly #awaiting: (() => void)[] = [];
  /** The messages that the other end may have, by stream: the number of the first, and their ids. Known when it is dead. */
  readonly #transmitted = new Map<string, { firstNumber: number; ids: readonly number[] }>();
  /** It handles nothing more: the process is gone, or its session. */
  isDead = false;
  /** Handlers that settled. */
  settled = 0;

  constructor(parts: PeerParts) {
    this.#parts = parts;
  }

  /** Sends a message if it is accepted. */
  send(session: Session, stream: SessionStream, bytes: number): boolean {
    const flow = this.#parts.outgoing(stream.name);
    this.#used.add(stream);
    const { bufferedAmount, bufferedMessages } = session;
    try {
      stream.send(flow.next(bytes, this.#parts.random.chance(0.3)), { key: flow.key });
    } catch (error) {
      const isRefused = error instanceof RangeError || stream.isClosing || isFull(error);
      if (!isRefused) throw error;
      if (session.bufferedAmount !== bufferedAmount || session.bufferedMessages !== bufferedMessages)
        this.#parts.problems.push("send threw and accepted something");
      return false;
    }
    flow.accept();
    return true;
  }

  /** Handles what can be taken. */
  handle(session: Session, stream: SessionStream): void {
    while (!this.isDead) {
      const message = stream.take();
      if (message === undefined) return;
      this.#parts.incoming(stream.name).start(message.payload);
      for (const go of this.#awaiting.splice(0)) go();
      if (this.#parts.random.chance(this.#parts.habits.answerShare)) this.send(session, stream, answerBytes);
      if (this.#isLate(stream)) return this.#settleLate(session, stream);
      this.#settle(stream);
    }
  }

  #settle(stream: SessionStream): void {
    this.settled++;
    stream.settle();
  }

  #isLate(stream: SessionStream): boolean {
    return (
      (stream.name !== "" && this.#parts.random.chance(this.#parts.habits.awaitShare)) ||
      this.#parts.random.chance(this.#parts.habits.lateShare)
    );
  }

  /** After a while, or when whatever comes next from the other side has begun. */
  #settleLate(session: Session, stream: SessionStream): void {
    const { clock, random, habits } = this.#parts;
    let isSettled = false;
    const settle = (): void => {
      if (this.isDead || isSettled) return;
      isSettled = true;
      this.#settle(stream);
      this.handle(session, stream);
    };
    if (stream.name === "") return void clock.after(random.next() * habits.lateMsMax, settle);
    this.#awaiting.push(() => void clock.after(0, settle));
    clock.after(20 * habits.lateMsMax, settle);
  }

  /** The process is gone. What it had accepted and never transmitted died with it, and nobody can know of it. */
  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    for (const { name, kind, sending } of this.#used) {
      if (kind !== "reliable") continue;
      const flow = this.#parts.outgoing(name);
      const last = sending.unknown.at(-1)?.to;
      const untransmitted = last === undefined ? (sending.unhandled[0]?.from ?? flow.sent + 1) : last + 1;
      flow.reportUnknown({ from: untransmitted - 1, to: flow.sent - 1 });
      const ids = sending.unknown.flatMap(({ from, to }) => countUp(from - 1, to - 1));
      this.#transmitted.set(name, { firstNumber: sending.transmittedMessages - ids.length + 1, ids });
    }
  }

  /** What this end says of its own messages. */
  reportSent(gap: Gap): void {
    for (const { stream, from, to } of gap.sent)
      this.#parts.outgoing(stream!).reportUnknown({ from: from - 1, to: to - 1 });
  }

  /** What this end says of the other's, each flow of which began with the session. */
  reportReceived(gap: Gap, flows: (stream: string) => Flow): void {
    for (const { stream, from, to } of receivedRanges(gap)) {
      const flow = flows(stream);
      flow.reportUnknown({ from: flow.idOfNumber(from), to: flow.idOfNumber(to) });
    }
  }

  /** What the other end says of the messages of this one, whose process is gone. */
  reportMissed(gap: Gap): void {
    for (const { stream, from, to } of receivedRanges(gap)) {
      const { firstNumber, ids } = this.#transmitted.get(stream) ?? { firstNumber: 1, ids: [] };
      for (const [index, id] of ids.entries()) {
        const isMissed = firstNumber + index >= from && firstNumber + index <= to;
        if (isMissed) this.#parts.outgoing(stream).reportUnknown({ from: id, to: id });
      }
    }
  }

  /** How many messages of the stream were left out. */
  droppedOf(stream: string): number {
    let dropped = 0;
    for (const { name, droppedMessages } of this.#used) if (name === stream) dropped += droppedMessages;
    return dropped;
  }
}

/** The range of streams that were not heard of stands for each of those that are not named. */
function receivedRanges(gap: Gap): { stream: string; from: number; to: number }[] {
  const named = new Set(gap.received.map(({ stream }) => stream));
  return gap.received.flatMap(({ stream, from, to }) => {
    if (stream !== null) return [{ stream, from, to }];
    const others = [...streamOptions.keys()].filter((name) => !named.has(name));
    return others.map((name) => ({ stream: name, from, to }));
  });
}

function countUp(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === "BufferFullError";
}
