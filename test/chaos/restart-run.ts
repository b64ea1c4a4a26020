import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { GapRange } from "../../src/client/index.ts";
import { DeliveryChecker, type DeliveryReport } from "../../src/testing/index.ts";
import { type Flow, flowsOf } from "./chaos-flow.ts";
import type { Ledger } from "./chaos-ledger.ts";
import type { RestartingServerOptions } from "./programs/restarting-server.ts";
import { RestartClient } from "./restart-client.ts";

/** Ids of one server's messages begin so far behind those of the one before. */
const idsPerServer = 1_000_000;
const lookEveryMs = 10;

/** What happened to a message of a flow, as an end wrote it down. */
interface Entry {
  readonly what: "accepted" | "started";
  readonly flow: number;
  readonly id: number;
}

/** All messages of a flow in one direction; of a flow down, those of one server. */
export interface FlowReport {
  readonly flow: Flow;
  readonly server: number;
  readonly report: DeliveryReport;
}

/** Several clients, and servers on the same port one after another. */
export class RestartRun implements AsyncDisposable {
  readonly clients: readonly RestartClient[];
  readonly flows: readonly Flow[];
  /** What the clients wrote down. */
  readonly entries: Entry[] = [];
  readonly port: number;
  readonly #folder: string;
  readonly #connections: number;
  /** How many messages of each flow the clients have begun. */
  readonly #begun: number[];
  #servers = 0;
  #server: ChildProcess | undefined;

  private constructor(connections: number, place: { folder: string; server: ChildProcess; port: number }) {
    this.#connections = connections;
    this.#folder = place.folder;
    this.#server = place.server;
    this.#servers = 1;
    this.port = place.port;
    this.flows = flowsOf({ messages: 0, connections });
    this.#begun = this.flows.map(() => 0);
    const ledger: Ledger = {
      accepted: (flow, id) => void this.entries.push({ what: "accepted", flow, id }),
      started: (flow, id) => {
        this.entries.push({ what: "started", flow, id });
        this.#begun[flow]!++;
      },
      failed() {},
    };
    this.clients = Array.from({ length: connections }, (_, number) => {
      const own = this.flows.filter(({ connection }) => connection === number);
      return new RestartClient(this.port, own, ledger);
    });
  }

  static async start(connections: number): Promise<RestartRun> {
    const folder = await mkdtemp(join(tmpdir(), "ropeway-restart-"));
    const options = { port: 0, connections, journal: join(folder, "0"), firstId: 0 };
    return new RestartRun(connections, { folder, ...(await startServer(options)) });
  }

  /** Resolves when so many more messages of each flow down have been begun. */
  async untilBegun(count: number): Promise<void> {
    const down = this.flows.filter(({ direction }) => direction === "down");
    const wanted = down.map(({ index }) => this.#begun[index]! + count);
    while (down.some(({ index }, at) => this.#begun[index]! < wanted[at]!)) await pause(lookEveryMs);
  }

  /** Ends the server by a signal, and starts the next one on the same port when it has ended. */
  async restart(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    await this.#end(signal);
    const journal = join(this.#folder, `${this.#servers}`);
    const firstId = this.#servers * idsPerServer;
    const options = { port: this.port, connections: this.#connections, journal, firstId };
    this.#server = (await startServer(options)).server;
    this.#servers++;
  }

  /** What each server wrote down, one list for each. */
  async journals(): Promise<Entry[][]> {
    const texts = Array.from({ length: this.#servers }, (_, server) =>
      readFile(join(this.#folder, `${server}`), "utf8"),
    );
    return (await Promise.all(texts)).map(readJournal);
  }

  /** Judges all flows, when the clients have closed. */
  async report(): Promise<FlowReport[]> {
    const journals = await this.journals();
    return this.flows.flatMap((flow) =>
      flow.direction === "up" ? [this.#judgeUp(flow, journals)] : this.#judgeDown(flow, journals),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client.terminate();
    await this.#end("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const exited = once(server, "exit");
    server.kill(signal);
    await exited;
  }

  #judgeUp(flow: Flow, journals: readonly Entry[][]): FlowReport {
    const checker = new DeliveryChecker();
    tell(checker, flow, { entries: this.entries, what: "accepted" });
    for (const journal of journals) tell(checker, flow, { entries: journal, what: "started" });
    for (const { from, to } of this.#gaps(flow, "sent"))
      checker.reportedUnknown({ from: from - 1, to: to - 1 });
    return { flow, server: 0, report: checker.finish({ isDrained: true }) };
  }

  #judgeDown(flow: Flow, journals: readonly Entry[][]): FlowReport[] {
    return journals.map((journal, server) => {
      const firstId = server * idsPerServer;
      const checker = new DeliveryChecker({ firstId });
      tell(checker, flow, { entries: journal, what: "accepted" });
      const own = this.entries.filter(({ id }) => Math.floor(id / idsPerServer) === server);
      tell(checker, flow, { entries: own, what: "started" });
      for (const { from, to } of this.#gaps(flow, "received", server))
        checker.reportedUnknown({ from: firstId + from - 1, to: firstId + to - 1 });
      return { flow, server, report: checker.finish({ isDrained: true }) };
    });
  }

  /** What the flow's client was told of it: by any of its gaps, or the one in which so many servers had been lost before. */
  #gaps({ connection, stream }: Flow, end: "sent" | "received", server?: number): GapRange[] {
    const { gaps } = this.clients[connection]!;
    const asked = server === undefined ? gaps : gaps.slice(server, server + 1);
    return asked.flatMap((gap) => gap[end].filter((range) => range.stream === stream));
  }
}

async function startServer(
  options: RestartingServerOptions,
): Promise<{ server: ChildProcess; port: number }> {
  const file = fileURLToPath(new URL("programs/restarting-server.ts", import.meta.url));
  const server = fork(file, [JSON.stringify(options)], {
    execArgv: ["-C", "@ropeway/source"],
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const failed = once(server, "exit").then(([code]) => {
    throw new Error(`The server ended with ${String(code)} before it was ready`);
  });
  const [port] = (await Promise.race([once(server, "message"), failed])) as [number];
  // From now on it ends when it is told to.
  failed.catch(() => {});
  return { server, port };
}

function readJournal(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    const [what, flow, id] = line.split(" ");
    return what === "accepted" || what === "started" ? [{ what, flow: Number(flow), id: Number(id) }] : [];
  });
}

function tell(
  checker: DeliveryChecker,
  flow: Flow,
  { entries, what }: { entries: readonly Entry[]; what: Entry["what"] },
): void {
  for (const entry of entries) if (entry.flow === flow.index && entry.what === what) checker[what](entry.id);
}
