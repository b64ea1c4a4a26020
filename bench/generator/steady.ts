import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import type { Connection } from "../../src/cli/load/connection.ts";
import { openPeers } from "./open-peer.ts";
import { type EchoClient, prepareEcho } from "./echo.ts";
import { Meter } from "./measure.ts";
import { ReplyChecker } from "./reply-checker.ts";

export interface SteadyOptions {
  readonly connections: number;
  readonly bytes: number;
  /** Messages a second, of all connections together. */
  readonly rate: number;
}

/**
 * Messages leave at a fixed rate, whether echoes are back or not. Latency counts from the moment at which a message was
 * due, so that a server that stalls is charged with all that had to wait.
 */
export async function runSteady(
  server: MeasuredServer,
  effort: Effort,
  options: SteadyOptions,
): Promise<Sample> {
  using connections = await openPeers(server.target, options.connections, "/echo");
  const meter = new Meter(server.pid, effort);
  const clients = await connections.unlessLost(
    Promise.all(
      connections.list.map((connection, i) =>
        prepareEcho(connection, server.target, { ...options, seed: i }),
      ),
    ),
  );
  const senders = clients.map((client) => new SteadySender(client, meter));
  const sent = keepRate(senders, meter, 1000 / options.rate);
  const sample = await connections.unlessLost(meter.measure());
  await sent;
  return sample;
}

/** Asks by turns, each turn a fixed time after the one before. It never sleeps, as timers are too coarse. */
function keepRate(senders: readonly SteadySender[], meter: Meter, intervalMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const startedAt = performance.now();
  let turns = 0;
  const sendDue = (): void => {
    if (meter.isOver) {
      resolve();
      return;
    }
    const now = performance.now();
    for (let due = startedAt + turns * intervalMs; due <= now; due = startedAt + turns * intervalMs) {
      senders[turns % senders.length]?.send(due);
      turns++;
    }
    setImmediate(sendDue);
  };
  sendDue();
  return promise;
}

class SteadySender {
  readonly #connection: Connection;
  readonly #request: Buffer;
  /** When the messages were due whose echoes are not back. */
  readonly #due: number[] = [];

  constructor({ connection, request, reply }: EchoClient, meter: Meter) {
    this.#connection = connection;
    this.#request = request;
    const checker = new ReplyChecker(reply);
    let missing = reply.length;
    connection.onBytes = (chunk) => {
      for (let start = 0; start < chunk.length; ) {
        const part = chunk.subarray(start, start + missing);
        start += part.length;
        missing -= part.length;
        if (!checker.take(part)) return;
        missing = reply.length;
        meter.count++;
        meter.addLatency(performance.now() - (this.#due.shift() ?? Number.NaN));
      }
    };
  }

  send(due: number): void {
    this.#due.push(due);
    this.#connection.write(this.#request);
  }
}
