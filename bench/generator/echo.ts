import { Burst } from "../../src/cli/load/burst.ts";
import type { Connection } from "../../src/cli/load/connection.ts";
import type { EchoConnection } from "../../src/cli/load/echo-client.ts";
import { EchoLoad } from "../../src/cli/load/echo-load.ts";
import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeers, type PeerTarget } from "./open-peer.ts";
import { RecoveringSocketIoConnection, SessionConnection } from "./session-connection.ts";
import { takeSample } from "./sample.ts";
import { makeMessage } from "./traffic.ts";

export interface EchoOptions {
  readonly connections: number;
  readonly bytes: number;
  /** Messages written at once. Default: 1. */
  readonly burst?: number;
  /** Bursts a second of all connections together. Without it, each sends when all that it sent has come back. */
  readonly rate?: number;
}

/** Connections send and get it back. Latency is told of single messages only. */
export async function runEcho(server: MeasuredServer, effort: Effort, options: EchoOptions): Promise<Sample> {
  const { burst = 1, bytes, rate } = options;
  using connections = await openPeers(server.target, options.connections, "/echo");
  const load = new EchoLoad();
  for (const [i, connection] of connections.list.entries()) {
    const messages = Array.from({ length: burst }, (_, j) =>
      makeMessage(server.target, { bytes, seed: i * burst + j }),
    );
    const requests = new Burst(messages);
    load.add(translate(connection, requests, server.target), requests);
  }
  load.start(rate);
  const latencies = burst === 1 ? load.latencies : undefined;
  const sample = await connections.unlessLost(
    takeSample(server, effort, { count: () => load.messages, latencies }),
  );
  await connections.unlessLost(load.stop());
  return sample;
}

/** What an echo load can use: the connection itself, where a frame of the server is the echo and nothing else. */
function translate(connection: Connection, burst: Burst, { dialect, recovers }: PeerTarget): EchoConnection {
  if (dialect === "ropeway.1") return new SessionConnection(connection, burst);
  return dialect === "socket.io" && recovers ? new RecoveringSocketIoConnection(connection) : connection;
}
