import { MemoryMeter, type MemoryReport } from "./memory-meter.ts";

/** What the test asks of a program. */
export type Request = { readonly kind: "status" } | { readonly kind: "command"; readonly name: string };

/** What the program tells the test. */
export type Report =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "note"; readonly name: string; readonly value: unknown }
  | ({ readonly kind: "status" } & Status);

export interface Status {
  readonly memory: MemoryReport;
  /** How far the program has come: messages sent, or received. */
  readonly progress: number;
  /** Whether it waits for the peer. */
  readonly isWaiting: boolean;
}

/**
 * A program that a test runs in a process of its own, so that nothing but the engine is measured. It is started with its
 * options as JSON, and answers the test by messages between the processes.
 */
export class Program {
  readonly meter = new MemoryMeter();
  progress = 0;
  isWaiting = false;
  readonly #commands = new Map<string, () => void>();

  constructor() {
    process.on("message", (request: Request) => {
      if (request.kind === "command") this.#commands.get(request.name)?.();
      else this.#tell({ kind: "status", ...this.#status() });
    });
    process.on("disconnect", () => process.exit());
  }

  /** What the test gave to this run. */
  get options(): unknown {
    return JSON.parse(process.argv[2] ?? "null") as unknown;
  }

  /** Says that the program is ready. */
  ready(port = 0): void {
    this.#tell({ kind: "ready", port });
  }

  /** Tells the test of something that happened. */
  note(name: string, value: unknown): void {
    this.#tell({ kind: "note", name, value });
  }

  /** Resolves when the test gives the command. */
  command(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#commands.set(name, resolve);
    });
  }

  #status(): Status {
    return { memory: this.meter.report(), progress: this.progress, isWaiting: this.isWaiting };
  }

  #tell(report: Report): void {
    // A test that has ended wants no more of this program.
    process.send!(report, (error: Error | null) => {
      if (error !== null) process.exit();
    });
  }
}
