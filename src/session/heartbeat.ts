import { sessionDefaults } from "./session-defaults.ts";

const never = Number.POSITIVE_INFINITY;
const probeMs = sessionDefaults.linkProbeMs;

/** Finds out whether a link is alive: one that was silent is asked, one that does not answer is lost. */
export class Heartbeat {
  readonly #intervalMs: number;
  /** When to call `check`. */
  deadline = never;
  #wasHeard = false;
  #pings = 0;
  /** Until when the last ping may be answered. */
  #isAwaitingPong = false;

  /** An interval of 0 asks only when told to. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs === 0 ? never : intervalMs;
  }

  get isProbing(): boolean {
    return this.#isAwaitingPong;
  }

  start(now: number): void {
    this.#isAwaitingPong = false;
    this.#wasHeard = false;
    this.deadline = now + this.#intervalMs;
  }

  stop(): void {
    this.#isAwaitingPong = false;
    this.deadline = never;
  }

  /** A frame came. Whether it shows that the link is alive both ways, only a pong tells. */
  heard(): void {
    this.#wasHeard = true;
  }

  takePong(ping: number): void {
    if (ping === this.#pings) this.#isAwaitingPong = false;
  }

  /** Returns the number of a ping to send. */
  probe(now: number): number {
    this.#isAwaitingPong = true;
    this.deadline = now + probeMs;
    return ++this.#pings;
  }

  /** The number of a ping to send, "lost" if the last was not answered, or undefined if all is well. */
  check(now: number): number | "lost" | undefined {
    if (now < this.deadline) return undefined;
    if (this.#isAwaitingPong) return "lost";
    const isQuiet = !this.#wasHeard;
    this.start(now);
    return isQuiet ? this.probe(now) : undefined;
  }
}
