import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Ledger, replay } from "./chaos-ledger.ts";
import type { ServerNews } from "./chaos-news.ts";
import type { ChaosServerOptions } from "./programs/chaos-server.ts";

export interface ServerEars {
  readonly ledger: Ledger;
  readonly onTrouble: (text: string) => void;
}

/** The server of a run, as the run's own process knows it. Disposal kills it. */
export class ChaosServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #ready = Promise.withResolvers<number>();
  #isUnwanted = false;

  private constructor(options: ChaosServerOptions, ears: ServerEars) {
    const file = fileURLToPath(new URL("programs/chaos-server.ts", import.meta.url));
    const execArgv = ["-C", "@ropeway/source"];
    this.#child = fork(file, [JSON.stringify(options)], { execArgv, stdio: ["ignore", 2, 2, "ipc"] });
    this.#child.on("message", (news: ServerNews) => this.#hear(news, ears));
    this.#exited = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    void this.#exited.then(() => {
      this.#ready.reject(new Error("The server ended before it was ready"));
      if (!this.#isUnwanted) ears.onTrouble("the server ended");
    });
  }

  static async start(
    options: ChaosServerOptions,
    ears: ServerEars,
  ): Promise<{ server: ChaosServerProcess; port: number }> {
    const server = new ChaosServerProcess(options, ears);
    return { server, port: await server.#ready.promise };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isUnwanted = true;
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  #hear(news: ServerNews, { ledger, onTrouble }: ServerEars): void {
    if (news.kind === "ready") this.#ready.resolve(news.port);
    else if (news.kind === "trouble") onTrouble(news.text);
    else {
      replay(news.accepted, (flow, id) => ledger.accepted(flow, id));
      replay(news.started, (flow, id) => ledger.started(flow, id));
      for (let count = 0; count < news.failures; count++) ledger.failed();
    }
  }
}
