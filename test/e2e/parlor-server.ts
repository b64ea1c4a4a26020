import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `ropeway serve` with Parlor's configuration, as a process of its own; ended when its scope is left. */
export class ParlorServer {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Rejects with what the process printed if it ends before it is ready. */
  static async start({ port = 0 }: { port?: number } = {}): Promise<ParlorServer> {
    const command = ["dist/cli/main.js", "serve", "--config", "apps/parlor/ropeway.config.ts"];
    const child = spawn(process.execPath, [...command, "--port", `${port}`], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /http:\/\/[\d.]+:(\d+)/.exec(line);
      if (address === null) continue;
      child.stdout.resume();
      return new ParlorServer(child, Number(address[1]));
    }
    throw new Error(`ropeway serve ended before it was ready:\n${errors}`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** As an operator stops it: connections are closed with 1001. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** As when the power fails: nobody is told. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Neither reads nor writes from now on, while the kernel still takes what is sent to it. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}
