import { readdirSync } from "node:fs";

/** What a process holds at one moment, in bytes where it is memory. */
export interface Holdings {
  /** The JavaScript heap in use after a garbage collection. */
  readonly heap: number;
  /** Memory of buffers, outside of the heap. */
  readonly external: number;
  /** What the operating system has given the process. It seldom takes anything back, so it is for information. */
  readonly rss: number;
  readonly descriptors: number;
}

export interface ServerStatus extends Holdings {
  readonly connections: number;
  /** Messages received so far. */
  readonly messages: number;
  /** How often each error came, by its code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Collects garbage and reads what this process holds. It must run with --expose-gc. */
export function readHoldings(): Holdings {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("A measured process is run with --expose-gc");
  // The second collection waits for the first to have freed the memory of buffers, which it does on another thread.
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss, descriptors: readdirSync("/dev/fd").length };
}
