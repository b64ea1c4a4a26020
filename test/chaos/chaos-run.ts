import { setTimeout as pause } from "node:timers/promises";
import { createRandom } from "../../src/testing/index.ts";
import { ChaosBook, type Tally } from "./chaos-book.ts";
import { ChaosClient } from "./chaos-client.ts";
import { type ChaosLoad, flowsOf } from "./chaos-flow.ts";
import { bytesOf } from "./chaos-message.ts";
import { ChaosServerProcess } from "./chaos-server-process.ts";
import { CuttingProxy, type FaultKind } from "./cutting-proxy.ts";
import type { Direction } from "./direction.ts";
import type { FaultPlayer } from "./fault-player.ts";

export interface ChaosOptions extends ChaosLoad {
  /** So many connections at least are reset, frozen or half-closed. */
  readonly cuts: number;
  readonly seed: number;
  /** So many starts the server does not tell of, to see that the run notices. */
  readonly conceal: number;
  /** Nothing at all happens for so long only if something was lost. */
  readonly stallMs: number;
}

/** How far a run is. */
export interface ChaosProgress {
  readonly seconds: number;
  /** Messages whose handlers began. */
  readonly begun: Readonly<Record<Direction, number>>;
  readonly cuts: number;
  readonly resumes: number;
  /** Connections that have a link. */
  readonly connected: number;
}

export interface ChaosResult extends ChaosProgress {
  readonly tallies: Readonly<Record<Direction, Tally>>;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly links: number;
  /** How often the clients were told that their network changed. */
  readonly hints: number;
  readonly handlerFailures: number;
  /** What does not happen in a good run, a line each. */
  readonly troubles: readonly string[];
}

const weights = { reset: 6, freeze: 2, halfClose: 2, delay: 2, refuse: 1, hold: 0.5 };
/** Faults are drawn more often than needed: some are no cuts, and their number is a matter of chance. */
function faultsFor(cuts: number): number {
  return 1.4 * cuts + 2 * Math.sqrt(cuts) + 1;
}

const lookEveryMs = 50;
const hintAfterMs = 50;

/** Sends messages both ways over connections that are cut all the time, and says what became of each. */
export async function runChaos(
  options: ChaosOptions,
  onProgress: (progress: ChaosProgress) => void,
): Promise<ChaosResult> {
  await using run = new ChaosRun(options);
  await run.start();
  await run.untilDelivered(onProgress);
  return await run.end();
}

class ChaosRun implements AsyncDisposable {
  readonly #options: ChaosOptions;
  readonly #flows;
  readonly #book: ChaosBook;
  readonly #troubles: string[] = [];
  readonly #stack = new AsyncDisposableStack();
  readonly #startedAt = performance.now();
  #proxy!: CuttingProxy;
  #player!: FaultPlayer;
  #clients: ChaosClient[] = [];
  #hinted = 0;
  #hintsGiven = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#flows = flowsOf(options);
    this.#book = new ChaosBook(this.#flows);
  }

  async start(): Promise<void> {
    const { messages, connections, conceal, cuts, seed } = this.#options;
    const onTrouble = (text: string): void => void this.#troubles.push(text);
    const ears = { ledger: this.#book, onTrouble };
    const { server, port } = await ChaosServerProcess.start({ messages, connections, conceal }, ears);
    this.#stack.use(server);
    this.#proxy = this.#stack.use(await CuttingProxy.listen({ targetPort: port }));
    const meanBytes = Math.ceil(bytesOf(this.#flows) / faultsFor(cuts));
    this.#player = this.#proxy.play({ random: createRandom(seed), weights, meanBytes });
    this.#clients = Array.from({ length: connections }, (_, number) => {
      const flows = this.#flows.filter(({ connection }) => connection === number);
      return new ChaosClient({ number, port: this.#proxy.port, flows, ledger: this.#book, onTrouble });
    });
    this.#stack.defer(() => this.#clients.forEach((client) => client.terminate()));
  }

  /** Resolves when everything has arrived, or nothing happens any more. */
  async untilDelivered(onProgress: (progress: ChaosProgress) => void): Promise<void> {
    const { stallMs } = this.#options;
    let last = -1;
    let movedAt = performance.now();
    while (!this.#book.isFull && performance.now() - movedAt < stallMs) {
      await pause(lookEveryMs);
      if (this.#book.progress !== last) movedAt = performance.now();
      last = this.#book.progress;
      this.#hintIfDue();
      onProgress(this.#progress());
    }
    if (!this.#book.isFull) this.#troubles.push(`nothing happened for ${stallMs / 1000} s`);
  }

  async end(): Promise<ChaosResult> {
    this.#player[Symbol.dispose]();
    await this.#proxy.online();
    this.#proxy.release();
    if (this.#book.isFull)
      await Promise.all(this.#clients.map((client, number) => this.#close(client, number)));
    const { tallies, examples } = this.#book.finish();
    return {
      ...this.#progress(),
      tallies,
      faults: this.#proxy.counts,
      links: this.#proxy.accepted + this.#proxy.held,
      hints: this.#hintsGiven,
      handlerFailures: this.#book.failures,
      troubles: [...this.#troubles, ...examples],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** A device often knows that its network has changed, while neither end sees anything of it. */
  #hintIfDue(): void {
    const { played } = this.#player;
    for (; this.#hinted < played.length; this.#hinted++) {
      const isTold = this.#hinted % 3 !== 0 && played[this.#hinted] !== "delay";
      if (!isTold) continue;
      this.#hintsGiven++;
      setTimeout(() => this.#clients.forEach((client) => client.retryNow()), hintAfterMs);
    }
  }

  async #close(client: ChaosClient, number: number): Promise<void> {
    const { code, wasClean } = await client.close();
    if (code !== 1000 || !wasClean) this.#troubles.push(`connection ${number} closed with ${code}`);
  }

  #progress(): ChaosProgress {
    const { reset, freeze, halfClose } = this.#proxy.counts;
    return {
      seconds: (performance.now() - this.#startedAt) / 1000,
      begun: this.#book.begun,
      cuts: reset + freeze + halfClose,
      resumes: this.#clients.reduce((sum, { resumes }) => sum + resumes, 0),
      connected: this.#clients.filter(({ isConnected }) => isConnected).length,
    };
  }
}
