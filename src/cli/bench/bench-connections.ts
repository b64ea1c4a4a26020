import { explainFailure } from "../connect/connect-failure.ts";
import { connectFailed, shownUrl } from "../connect/dial.ts";
import { CommandError } from "../errors.ts";
import { commandLimits } from "../limits.ts";
import type { Burst } from "../load/burst.ts";
import { Connection, type Target } from "../load/connection.ts";
import type { EchoClient } from "../load/echo-client.ts";
import { EchoLoad } from "../load/echo-load.ts";
import { encodeClientFrame } from "../load/frames.ts";
import { wait } from "../load/measure.ts";
import { UnexpectedReply } from "../load/reply-reader.ts";
import type { BenchOptions } from "./bench-options.ts";
import { prepareTraffic } from "./traffic.ts";

const openedAtOnce = 64;
const closeFrame = { payload: Buffer.from([1000 >> 8, 1000 & 0xff]), opcode: 8 } as const;

/** How many connections ended so, and what was said of the first. */
export interface Failures {
  count: number;
  first: string;
}

/** The connections of `ropeway bench`: one lost does not end the run, but is counted. */
export class BenchConnections {
  readonly load = new EchoLoad();
  /** The server ended them, or the network did. */
  readonly lost: Failures = { count: 0, first: "" };
  /** They got something else than their echo, and were cut. */
  readonly wrong: Failures = { count: 0, first: "" };
  readonly #options: BenchOptions;
  #target: Target;
  #traffic: readonly Burst[] = [];
  readonly #open = new Set<Connection>();
  #opened = 0;
  readonly #onAllLost: () => void;

  constructor(options: BenchOptions, onAllLost: () => void) {
    this.#options = options;
    this.#onAllLost = onAllLost;
    const { url, headers, subprotocols, origin, ca, checksCertificate, compress } = options;
    const tls = { ca, rejectUnauthorized: checksCertificate };
    const { handshakeTimeoutMs } = options;
    this.#target = { url, headers, subprotocols, origin, tls, deflate: compress, handshakeTimeoutMs };
  }

  /** Connections that were opened, those that were lost since included. */
  get opened(): number {
    return this.#opened;
  }

  /** Whether the server agreed to compress. */
  get compressed(): boolean {
    return this.#traffic[0]?.messages[0]?.compressed === true;
  }

  /** The ports of this side's ends. */
  get localPorts(): Set<number> {
    return new Set([...this.#open].flatMap(({ localPort }) => localPort ?? []));
  }

  /** Opens one connection and has a burst echoed. Rejects with what is wrong with the server. */
  async openFirst(): Promise<void> {
    const { url } = this.#options;
    const connection = await this.#connect().catch((error: unknown) => {
      throw connectFailed(url, error);
    });
    this.#traffic = prepareTraffic(this.#options, connection.compresses);
    // The others go where this one went, and need not look for it.
    this.#target = { ...this.#target, address: connection.remoteAddress };
    try {
      const client = this.#add(connection);
      await this.#echoOnce(client);
    } catch (error) {
      connection.cut();
      throw new CommandError("CLI_BENCH_NO_ECHO", { url: shownUrl(url), reason: this.#reasonOf(error) });
    }
  }

  /** Opens what is missing, some at once. Stops early when the signal comes. */
  async openRest(signal: AbortSignal): Promise<void> {
    const { connections, url } = this.#options;
    let claimed = this.#opened;
    let failure: unknown;
    const openSome = async (): Promise<void> => {
      while (claimed < connections && failure === undefined && !signal.aborted) {
        claimed++;
        try {
          this.#add(await this.#connect());
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: openedAtOnce }, openSome));
    if (failure === undefined) return;
    throw new CommandError(
      "CLI_BENCH_OPEN_FAILED",
      { opened: this.#opened, connections, url: shownUrl(url), reason: explainFailure(failure, url) },
      { cause: failure },
    );
  }

  /** Closes all, and cuts those that the server does not end soon. */
  async close(): Promise<void> {
    const frame = encodeClientFrame(closeFrame);
    const ending = [...this.#open].map((connection) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      connection.expectEnd();
      connection.onBytes = () => {};
      connection.onEnd = resolve;
      connection.write(frame);
      return promise;
    });
    await Promise.race([Promise.all(ending), wait(commandLimits.benchCloseMs.default)]);
    for (const connection of this.#open) connection.cut();
  }

  async #connect(): Promise<Connection> {
    return Connection.open(this.#target);
  }

  #add(connection: Connection): EchoClient {
    if (connection.compresses !== this.compressed) {
      connection.cut();
      throw new Error("the server agrees to compress on some connections and not on others");
    }
    const burst = this.#traffic[this.#opened % this.#traffic.length]!;
    const client = this.load.add(connection, burst);
    this.#open.add(connection);
    this.#opened++;
    connection.onLost = (error) => {
      this.#open.delete(connection);
      client.drop();
      this.#countFailure(error);
      if (this.#open.size === 0) this.#onAllLost();
    };
    return client;
  }

  #countFailure(error: Error): void {
    const isWrong = error instanceof UnexpectedReply && error.kind !== "closed";
    const failures = isWrong ? this.wrong : this.lost;
    failures.count++;
    if (failures.count === 1) failures.first = this.#reasonOf(error);
  }

  async #echoOnce(client: EchoClient): Promise<void> {
    const { handshakeTimeoutMs } = this.#options;
    const isLate = await Promise.race([
      client.ask().then(() => false),
      wait(handshakeTimeoutMs).then(() => true),
    ]);
    const { count, first } = this.wrong.count > 0 ? this.wrong : this.lost;
    if (count > 0) throw new Error(first);
    if (isLate) throw new Error(`no answer came to a message within ${handshakeTimeoutMs / 1000} s`);
  }

  /** Why a connection ended, for people, and what may help. */
  #reasonOf(error: unknown): string {
    const { message } = error as Error;
    if (!(error instanceof UnexpectedReply) || error.kind !== "type") return message;
    return `${message} (${this.#options.binary ? "leave out" : "use"} --binary)`;
  }
}
