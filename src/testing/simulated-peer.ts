import type { Gap, Payload, SessionStream } from "../session/index.ts";
import { DeliveryChecker } from "./delivery-checker.ts";
import type { Random } from "./random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** The streams of every session. */
export const streamNames = ["", "side", "bulk"];

/** How the handlers of a run behave. */
export interface HandlerHabits {
  /** How many of them settle later, and how much later at most. */
  readonly lateShare: number;
  readonly lateMsMax: number;
  /** How many answer with a message of their own, and how many wait for one of the other side. */
  readonly answerShare: number;
  readonly awaitShare: number;
}

/** One direction of one stream: what was sent, and what became of it. */
export class Flow {
  readonly checker = new DeliveryChecker();
  sent = 0;
  started = 0;
  broken = 0;

  /** The payload of the next message, which says which one it is and can be checked. */
  next(bytes: number, isBinary: boolean): Payload {
    const text = `${this.sent}|`.padEnd(bytes, isBinary ? "b" : this.sent % 7 === 0 ? "ü" : "t");
    return isBinary ? toBytes(text) : text;
  }

  accept(): void {
    this.checker.accepted(this.sent++);
  }

  start(payload: Payload): void {
    const text = typeof payload === "string" ? payload : toText(payload);
    const end = text.indexOf("|");
    const id = Number(text.slice(0, end));
    const filler = typeof payload !== "string" ? "b" : id % 7 === 0 ? "ü" : "t";
    if (end === -1 || (text.length > end + 1 && text !== text.slice(0, end + 1).padEnd(text.length, filler))) this.broken++;
    this.started++;
    this.checker.started(id);
  }
}

function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

function toText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The application at one end: sends, and handles what comes as the habits say. */
export class SimulatedPeer {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #habits: HandlerHabits;
  readonly #outgoing: (stream: string) => Flow;
  readonly #incoming: (stream: string) => Flow;
  readonly #used = new Set<SessionStream>();
  readonly #awaiting: (() => void)[] = [];
  /** The process is gone: nothing it had planned happens. */
  isDead = false;
  answer: (stream: SessionStream) => void = () => {};

  constructor(parts: {
    clock: VirtualClock;
    random: Random;
    habits: HandlerHabits;
    outgoing: (stream: string) => Flow;
    incoming: (stream: string) => Flow;
  }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#habits = parts.habits;
    this.#outgoing = parts.outgoing;
    this.#incoming = parts.incoming;
  }

  /** Sends a message, and returns whether it was accepted. */
  send(stream: SessionStream, bytes: number): boolean {
    const flow = this.#outgoing(stream.name);
    this.#used.add(stream);
    try {
      stream.send(flow.next(bytes, this.#random.chance(0.3)));
    } catch (error) {
      const isRefused = error instanceof Error && (error.name === "BufferFullError" || stream.isClosing);
      if (!isRefused) throw error;
      return false;
    }
    flow.accept();
    return true;
  }

  /** Handles what can be taken. */
  readonly handle = (stream: SessionStream): void => {
    while (!this.isDead) {
      const message = stream.take();
      if (message === undefined) return;
      this.#incoming(stream.name).start(message.payload);
      for (const go of this.#awaiting.splice(0)) go();
      if (this.#random.chance(this.#habits.answerShare)) this.answer(stream);
      if (!this.#settleLater(stream)) stream.settle();
    }
  };

  #settleLater(stream: SessionStream): boolean {
    const settle = (): void => {
      if (this.isDead) return;
      stream.settle();
      this.handle(stream);
    };
    const { awaitShare, lateShare, lateMsMax } = this.#habits;
    if (stream.name !== "" && this.#random.chance(awaitShare)) {
      // Waits for whatever comes next from the other side, on another stream or after a while.
      let isSettled = false;
      const once = (): void => {
        if (isSettled) return;
        isSettled = true;
        this.#clock.after(0, settle);
      };
      this.#awaiting.push(once);
      this.#clock.after(20 * lateMsMax, once);
      return true;
    }
    if (!this.#random.chance(lateShare)) return false;
    this.#clock.after(this.#random.next() * lateMsMax, settle);
    return true;
  }

  /** The process is killed. What it had accepted and never transmitted died with it, and nobody can know of it. */
  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    for (const stream of this.#used) {
      const flow = this.#outgoing(stream.name);
      flow.checker.reportedUnknown({ from: stream.sending.transmittedMessages, to: flow.sent - 1 });
    }
  }

  reportGap(gap: Gap, flows: { sent?: (stream: string) => Flow; received?: (stream: string) => Flow }): void {
    for (const { stream, from, to } of gap.sent)
      flows.sent?.(stream!).checker.reportedUnknown({ from: from - 1, to: to - 1 });
    const named = new Set(gap.received.map(({ stream }) => stream));
    for (const { stream, from, to } of gap.received) {
      const names = stream === null ? streamNames.filter((name) => !named.has(name)) : [stream];
      for (const name of names) flows.received?.(name).checker.reportedUnknown({ from: from - 1, to: to - 1 });
    }
  }
}
