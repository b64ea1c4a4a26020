import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Report, Status } from "./programs/program.ts";

/** The programs that tests run apart from themselves. */
export type ProgramName = "sending" | "receiving" | "publishing" | "echo-host" | "crowd" | "session-end";

const stillAfter = 10;

interface Waiter {
  readonly kind: Report["kind"];
  readonly resolve: (report: Report) => void;
  readonly reject: (error: Error) => void;
}

/** A program of `programs/` in a process of its own, which reports on its memory. Disposal kills it. */
export class MeasuredProcess implements AsyncDisposable {
  /** What the program has noted, by name: the last value of each. */
  readonly notes = new Map<string, unknown>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #waiting: Waiter[] = [];
  #hasEnded = false;
  #port = 0;

  private constructor(name: ProgramName, options: unknown) {
    const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
    this.#child = fork(file, [JSON.stringify(options)], {
      execArgv: ["--expose-gc", "-C", "@ropeway/source"],
      // What the engine logs and what a crash leaves belongs in the output of the tests.
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (report: Report) => this.#receive(report));
    this.#ended = new Promise((resolve) => {
      this.#child.on("exit", () => {
        this.#end();
        resolve();
      });
    });
  }

  /** Resolves when the program says that it is ready. */
  static async start(name: ProgramName, options: unknown = {}): Promise<MeasuredProcess> {
    const started = new MeasuredProcess(name, options);
    const { port } = await started.#next("ready");
    started.#port = port;
    return started;
  }

  get port(): number {
    return this.#port;
  }

  /** Collects garbage in the process and tells what it retains and how far it is. */
  status(): Promise<Status> {
    this.#child.send({ kind: "status" });
    return this.#next("status");
  }

  /** Lets the program go on from where it waits for the command. */
  command(name: string): void {
    this.#child.send({ kind: "command", name });
  }

  /** The value of the note with this name, as soon as the program has written it. */
  async note(name: string): Promise<unknown> {
    while (!this.notes.has(name)) await this.#next("note");
    return this.notes.get(name);
  }

  /**
   * Waits until neither the program nor `own`, a count on this side, moves any more. Each round trip lets both event
   * loops handle what the network has for them, so that after some of them nothing is left that could move.
   */
  async untilStill(own: () => number): Promise<Status> {
    let before = "";
    for (let still = 0; ; still++) {
      const status = await this.status();
      const now = `${status.progress} ${own()}`;
      if (now !== before) still = 0;
      else if (still === stillAfter) return status;
      before = now;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** The next report of this kind; several can come in one turn, and none of them is passed over. */
  #next<Kind extends Report["kind"]>(kind: Kind): Promise<Extract<Report, { kind: Kind }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    this.#waiting.push({ kind, resolve, reject });
    if (this.#hasEnded) this.#end();
    return promise as Promise<Extract<Report, { kind: Kind }>>;
  }

  #receive(report: Report): void {
    if (report.kind === "note") this.notes.set(report.name, report.value);
    const wanted = this.#waiting.filter(({ kind }) => kind === report.kind);
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== report.kind);
    for (const { resolve } of wanted) resolve(report);
  }

  #end(): void {
    this.#hasEnded = true;
    for (const { kind, reject } of this.#waiting.splice(0))
      reject(new Error(`The program ended while its ${kind} was awaited`));
  }
}
