import type { ServerNews } from "./chaos-news.ts";

/** Where it is written down what an end has sent and what it has begun to handle. */
export interface Ledger {
  /** `send()` has returned. */
  accepted(flow: number, id: number): void;
  /** The handler has begun. */
  started(flow: number, id: number): void;
  /** A handler failed, as it was to. */
  failed(): void;
}

/** `from` to `to` of a flow, in that order: `[flow, from, to]`. An id that is none stands alone, as null. */
export type Run = readonly [flow: number, from: number | null, to: number | null];

/** What an end saw of its flows, in runs of ids: what is in order takes no more than a few numbers. */
class RunList {
  #runs: [number, number, number][] = [];
  /** The run that each flow may still lengthen. */
  readonly #open = new Map<number, [number, number, number]>();

  add(flow: number, id: number): void {
    const open = this.#open.get(flow);
    if (open !== undefined && id === open[2] + 1) {
      open[2] = id;
      return;
    }
    const run: [number, number, number] = [flow, id, id];
    this.#open.set(flow, run);
    this.#runs.push(run);
  }

  take(): Run[] {
    const runs = this.#runs;
    this.#runs = [];
    this.#open.clear();
    return runs;
  }
}

/** Calls for each id of the runs, in their order. */
export function replay(runs: readonly Run[], tell: (flow: number, id: number) => void): void {
  for (const [flow, from, to] of runs) {
    if (from === null || to === null) tell(flow, Number.NaN);
    else for (let id = from; id <= to; id++) tell(flow, id);
  }
}

/** The ledger of the server's process, which tells the other process of it now and then. */
export class RemoteLedger implements Ledger {
  readonly #accepted = new RunList();
  readonly #started = new RunList();
  #failures = 0;
  #isTelling = false;
  readonly #tell: (news: ServerNews) => void;

  constructor(tell: (news: ServerNews) => void) {
    this.#tell = tell;
  }

  accepted(flow: number, id: number): void {
    this.#accepted.add(flow, id);
    this.#tellSoon();
  }

  started(flow: number, id: number): void {
    this.#started.add(flow, id);
    this.#tellSoon();
  }

  failed(): void {
    this.#failures++;
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => {
      this.#isTelling = false;
      const failures = this.#failures;
      this.#failures = 0;
      this.#tell({
        kind: "ledger",
        accepted: this.#accepted.take(),
        started: this.#started.take(),
        failures,
      });
    }, tellEveryMs);
  }
}

const tellEveryMs = 20;
