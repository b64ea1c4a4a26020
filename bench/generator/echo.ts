import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import type { Connection } from "../../src/cli/load/connection.ts";
import type { PeerTarget } from "./open-peer.ts";
import { openPeers } from "./open-peer.ts";
import { Meter } from "./measure.ts";
import { ReplyChecker } from "./reply-checker.ts";
import { encodeAll, learnReply, makeMessage } from "./traffic.ts";

export interface EchoOptions {
  readonly connections: number;
  readonly bytes: number;
  /** Messages written at once; the next ones follow when all have come back. Default: 1. */
  readonly burst?: number;
}

/** Each connection sends, waits for the echo of all that it sent, and sends again. */
export async function runEcho(server: MeasuredServer, effort: Effort, options: EchoOptions): Promise<Sample> {
  const { burst = 1 } = options;
  using connections = await openPeers(server.target, options.connections, "/echo");
  const meter = new Meter(server.pid, effort);
  const clients = await connections.unlessLost(
    Promise.all(
      connections.list.map((connection, i) =>
        prepareEcho(connection, server.target, { ...options, seed: i }),
      ),
    ),
  );
  const ends = clients.map((client) => keepAsking(client, meter, burst));
  const sample = await connections.unlessLost(meter.measure());
  await connections.unlessLost(Promise.all(ends));
  return sample;
}

/** A connection with what it sends and the bytes that it gets back. */
export interface EchoClient {
  readonly connection: Connection;
  readonly request: Buffer;
  readonly reply: Buffer;
}

/** Encodes what the connection will send, and learns what it will receive. */
export async function prepareEcho(
  connection: Connection,
  target: PeerTarget,
  options: EchoOptions & { seed: number },
): Promise<EchoClient> {
  const { bytes, burst = 1, seed } = options;
  const messages = Array.from({ length: burst }, (_, i) =>
    makeMessage(target, { bytes, seed: seed * burst + i }),
  );
  const request = encodeAll(messages);
  const reply = await learnReply(connection, messages, () => connection.write(request));
  return { connection, request, reply };
}

/** Resolves after the meter is over, with the last echo. */
function keepAsking({ connection, request, reply }: EchoClient, meter: Meter, burst: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const checker = new ReplyChecker(reply);
  let askedAt = performance.now();
  connection.onBytes = (chunk) => {
    const isComplete = checker.take(chunk);
    meter.count += (chunk.length / reply.length) * burst;
    if (!isComplete) return;
    const now = performance.now();
    if (burst === 1) meter.addLatency(now - askedAt);
    if (meter.isOver) {
      resolve();
      return;
    }
    askedAt = now;
    connection.write(request);
  };
  connection.write(request);
  return promise;
}
