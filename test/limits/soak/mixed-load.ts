import { randomInt } from "node:crypto";
import { longVisits, rawVisits } from "./raw-visits.ts";
import { pause, pick, stay, type Visit, visits } from "./visits.ts";

type NamedVisit = readonly [name: string, visit: Visit];

const shortOnes: readonly NamedVisit[] = Object.entries({ ...visits, ...rawVisits });
const longOnes: readonly NamedVisit[] = Object.entries(longVisits);
const allVisits = [...shortOnes, ...longOnes];
/** One of so many visits is a long one, as otherwise all lines would be waiting most of the time. */
const longOneIn = 60;
/** The longest of them waits for a heart to miss three beats. */
const visitMsMax = 30_000;

export interface LoadShape {
  readonly ports: readonly number[];
  /** Visits at once, for each port. */
  readonly visitors: number;
  /** Connections that stay, for each port. */
  readonly stayers: number;
}

/** Visits of all kinds, one after another on many lines, until it is told to stop. The first that fails ends them all. */
export class MixedLoad {
  readonly counts = new Map<string, number>(allVisits.map(([name]) => [name, 0]));
  /** Resolves when the last visit has ended, rejects when one has failed. */
  readonly done: Promise<void>;
  readonly #stopping = new AbortController();

  constructor({ ports, visitors, stayers }: LoadShape) {
    const lines = ports.flatMap((port) => [
      ...Array.from({ length: visitors }, () => this.#visitAll(port)),
      ...Array.from({ length: stayers }, () => stay(port, this.#stopping.signal)),
    ]);
    this.done = Promise.all(lines).then(() => {});
    this.done.catch(() => this.stop());
  }

  get visitCount(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #visitAll(port: number): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // What has not been visited yet comes first.
      const name = [...this.counts].find(([, count]) => count === 0)?.[0];
      const chosen =
        allVisits.find(([each]) => each === name) ?? pick(randomInt(longOneIn) === 0 ? longOnes : shortOnes);
      await this.#visit(chosen, port);
      await pause(10);
    }
  }

  async #visit([name, visit]: NamedVisit, port: number): Promise<void> {
    this.counts.set(name, this.counts.get(name)! + 1);
    const late = Promise.withResolvers<never>();
    const deadline = setTimeout(() => late.reject(new Error(`not over after ${visitMsMax} ms`)), visitMsMax);
    try {
      await Promise.race([visit(port), late.promise]);
    } catch (error) {
      throw new Error(`A visit failed, ${name}: ${(error as Error).message}`, { cause: error });
    } finally {
      clearTimeout(deadline);
    }
  }
}
