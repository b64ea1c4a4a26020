import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServerStatus } from "./soak-status.ts";

/** The server of the endurance run, in a process of its own. Disposal kills it. */
export class Served implements AsyncDisposable {
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
    child.once("exit", (code) => {
      if (!child.killed) throw new Error(`The server ended by itself, with ${code}`);
    });
  }

  /** `leakBytes` of each connection are never freed. */
  static async start(leakBytes: number): Promise<Served> {
    const file = fileURLToPath(new URL("../programs/soak-server.ts", import.meta.url));
    const child = fork(file, [String(leakBytes)], { execArgv: ["--expose-gc", "-C", "@ropeway/source"] });
    const [ports] = (await once(child, "message")) as [number[]];
    return new Served(child, ports);
  }

  async status(): Promise<ServerStatus> {
    const answer = once(this.#child, "message");
    this.#child.send("status");
    const [status] = (await answer) as [ServerStatus];
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}
