/** What a process retains, in bytes. */
export interface Memory {
  /**
   * The JavaScript heap and what it holds outside of itself, after a collection. Node counts the memory of buffers in
   * `external` already, so `arrayBuffers` is not added.
   */
  readonly retained: number;
  /** What the operating system has given the process. It seldom takes anything back, so it is for information. */
  readonly rss: number;
}

export interface MemoryReport {
  /** The lowest of each value: what Node frees of itself later must not hide what the engine takes. */
  readonly lowest: Memory;
  readonly highest: Memory;
  readonly now: Memory;
}

const sampleEveryMs = 100;

/** Watches the memory of its own process, which must run with --expose-gc. */
export class MemoryMeter {
  #lowest: Memory = { retained: Number.POSITIVE_INFINITY, rss: Number.POSITIVE_INFINITY };
  #highest: Memory = { retained: 0, rss: 0 };
  #sampledAt = 0;

  /** Samples regularly from now on. */
  start(): void {
    this.sample();
    setInterval(() => this.sampleIfDue(), sampleEveryMs).unref();
  }

  sample(): Memory {
    const collect = globalThis.gc;
    if (collect === undefined) throw new Error("A measured process is run with --expose-gc");
    // The second collection waits for the first to have freed the memory of buffers, which it does on another thread.
    collect();
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const now = { retained: heapUsed + external, rss };
    this.#lowest = pick(Math.min, this.#lowest, now);
    this.#highest = pick(Math.max, this.#highest, now);
    this.#sampledAt = performance.now();
    return now;
  }

  /** For long work that keeps the event loop, and with it the regular samples, waiting. */
  sampleIfDue(): void {
    if (performance.now() - this.#sampledAt >= sampleEveryMs) this.sample();
  }

  report(): MemoryReport {
    const now = this.sample();
    return { lowest: this.#lowest, highest: this.#highest, now };
  }
}

function pick(choose: (a: number, b: number) => number, one: Memory, other: Memory): Memory {
  return { retained: choose(one.retained, other.retained), rss: choose(one.rss, other.rss) };
}
