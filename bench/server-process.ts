import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { onCore, SERVER_CORE } from "./core-pinning.ts";
import type { PeerTarget } from "./generator/open-peer.ts";
import type { Peer } from "./peers.ts";
import type { ServerSettings } from "./servers/control.ts";
import type { MeasuredServer } from "./workload.ts";

const ANSWER_TIMEOUT_MS = 20_000;

/** A peer as a process of its own, on a core of its own where that can be had. */
export class ServerProcess implements MeasuredServer {
  readonly peer: Peer;
  readonly pid: number;
  target!: PeerTarget;
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  private constructor(peer: Peer, settings: ServerSettings) {
    const [command, args] = onCore(SERVER_CORE, peer.command, peer.args);
    const env = { ...process.env, BENCH_SETTINGS: JSON.stringify(settings) };
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env });
    child.stdin.on("error", () => {});
    this.peer = peer;
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
    // taskset becomes the command, so that the id is the server's.
    this.pid = child.pid ?? 0;
  }

  static async start(peer: Peer, settings: ServerSettings): Promise<ServerProcess> {
    const server = new ServerProcess(peer, settings);
    const port = Number((await server.#nextLine()).replace("port ", ""));
    const { dialect, recovers = false } = peer;
    server.target = { port, ca: settings.tls?.cert, deflate: settings.deflate, dialect, recovers };
    return server;
  }

  async collectGarbage(): Promise<void> {
    await this.#ask("collect");
  }

  async readBuffered(): Promise<number> {
    return Number(await this.#ask("buffered"));
  }

  async #ask(command: string): Promise<string> {
    const answer = this.#nextLine();
    this.#child.stdin?.write(`${command}\n`);
    return answer;
  }

  async #nextLine(): Promise<string> {
    const line = once(this.#lines, "line", { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const failed = Promise.withResolvers<never>();
    const fail = (): void => failed.reject(new Error(`The server of ${this.peer.name} has ended`));
    this.#child.once("exit", fail).once("error", failed.reject);
    try {
      const [text] = (await Promise.race([line, failed.promise])) as [string];
      return text;
    } finally {
      this.#child.off("exit", fail).off("error", failed.reject);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}
