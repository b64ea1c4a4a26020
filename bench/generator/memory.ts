import { readResidentBytes } from "../../src/cli/load/process-usage.ts";
import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeers } from "./open-peer.ts";

const WARMUP_CONNECTIONS = 200;

/** What the process holds with the connections, less what it held before, after garbage collections. */
export async function runMemory(server: MeasuredServer, effort: Effort): Promise<Sample> {
  const count = effort.idleConnections;
  (await openPeers(server.target, WARMUP_CONNECTIONS, "/echo"))[Symbol.dispose]();
  await server.collectGarbage();
  const before = readResidentBytes(server.pid);
  using connections = await openPeers(server.target, count, "/echo");
  await connections.unlessLost(server.collectGarbage());
  return { bytesPerConnection: (readResidentBytes(server.pid) - before) / count };
}
