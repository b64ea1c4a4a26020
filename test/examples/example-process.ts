import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const listening = /Listening on \{.*port: (\d+)/s;

/** A program of the examples, or one made of code blocks, as a process of its own. Disposal kills it. */
export class ExampleProcess implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** The exit code, when it has ended and its output is complete. */
  readonly ended: Promise<number | null>;
  #output = "";
  #hasEnded = false;
  #change = Promise.withResolvers<void>();

  /** Runs `program` with `args` in `folder`. */
  constructor(
    [program, ...args]: readonly [string, ...string[]],
    { folder, env }: { folder?: string; env?: Readonly<Record<string, string>> } = {},
  ) {
    this.child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env } });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#note(text));
    }
    this.ended = once(this.child, "close").then(([code]) => {
      this.#hasEnded = true;
      this.#note("");
      return code as number | null;
    });
  }

  /** An example from `examples/`, from the sources. */
  static run(name: string, env: Readonly<Record<string, string>> = {}): ExampleProcess {
    const file = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
    return new ExampleProcess([process.execPath, "-C", "@ropeway/source", file], {
      env: { PORT: "0", ...env },
    });
  }

  /** An example that serves on a free port, when it says that it does. */
  static async serve(name: string, env: Readonly<Record<string, string>> = {}): Promise<ExampleProcess> {
    const example = ExampleProcess.run(name, env);
    await example.waitFor(listening);
    return example;
  }

  /** What it wrote, to standard output and as errors. */
  get output(): string {
    return this.#output;
  }

  /** The port that it said it listens on. */
  get port(): number {
    return Number(listening.exec(this.#output)?.[1]);
  }

  /** Waits until the output matches. Fails if the process ends before. */
  async waitFor(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#hasEnded) throw new Error(`The program ended before it wrote ${pattern}:\n${this.#output}`);
      await this.#change.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #note(text: string): void {
    this.#output += text;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
