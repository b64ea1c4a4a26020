import { type BroadcastOptions, runBroadcast } from "./generator/broadcast.ts";
import { runConnect } from "./generator/connect.ts";
import { type EchoOptions, runEcho } from "./generator/echo.ts";
import { runMemory } from "./generator/memory.ts";
import { runSlowReader } from "./generator/slow-reader.ts";
import type { Workload } from "./workload.ts";

const plain = {
  deflate: false,
  tls: false,
  forSocketIo: true,
  ofSessions: false,
  freshProcess: false,
} as const;
const large = { ...plain, forSocketIo: false } as const;
const session = { ...plain, ofSessions: true } as const;
const deflated = { ...plain, deflate: true, forSocketIo: false } as const;

type Named = Pick<Workload, "name" | "title">;
type Traits = Omit<Workload, "name" | "title" | "unit" | "run">;

function echo(named: Named, options: EchoOptions, traits: Traits = plain): Workload {
  return { ...named, ...traits, unit: "message", run: (server, effort) => runEcho(server, effort, options) };
}

function broadcast(named: Named, options: BroadcastOptions, traits: Traits = plain): Workload {
  return {
    ...named,
    ...traits,
    unit: "delivery",
    run: (server, effort) => runBroadcast(server, effort, options),
  };
}

export const workloads: readonly Workload[] = [
  echo(
    { name: "echo-one", title: "echo 32 B, one at a time, 100 connections" },
    { connections: 100, bytes: 32 },
  ),
  echo(
    { name: "echo-burst", title: "echo 32 B, bursts of 64, 20 connections" },
    { connections: 20, bytes: 32, burst: 64 },
  ),
  broadcast({ name: "broadcast-1000", title: "broadcast 128 B to 1,000" }, { subscribers: 1000, bytes: 128 }),
  broadcast({ name: "broadcast-5000", title: "broadcast 128 B to 5,000" }, { subscribers: 5000, bytes: 128 }),
  broadcast(
    { name: "broadcast-burst", title: "20 broadcasts of 128 B in a burst to 1,000" },
    { subscribers: 1000, bytes: 128, burst: 20 },
  ),
  broadcast(
    { name: "broadcast-publishers", title: "20 publishers of 128 B at once to 1,000" },
    { subscribers: 1000, bytes: 128, publishers: 20 },
  ),
  echo({ name: "echo-64k", title: "echo 64 KiB, 10 connections" }, { connections: 10, bytes: 65_536 }, large),
  echo({ name: "echo-1m", title: "echo 1 MiB, 4 connections" }, { connections: 4, bytes: 1_048_576 }, large),
  echo(
    { name: "echo-tls", title: "echo 32 B over TLS, 100 connections" },
    { connections: 100, bytes: 32 },
    { ...large, tls: true },
  ),
  echo(
    { name: "deflate-echo-128", title: "deflate echo 128 B, 100 connections" },
    { connections: 100, bytes: 128 },
    deflated,
  ),
  echo(
    { name: "deflate-echo-1k", title: "deflate echo 1 KiB, 100 connections" },
    { connections: 100, bytes: 1024 },
    deflated,
  ),
  broadcast(
    { name: "deflate-broadcast", title: "deflate broadcast 512 B to 1,000" },
    { subscribers: 1000, bytes: 512 },
    deflated,
  ),
  { ...plain, name: "connect", title: "connect, upgrade, close", unit: "connection", run: runConnect },
  echo(
    { name: "steady", title: "echo 32 B, 10,000 a second, 200 connections" },
    { connections: 200, bytes: 32, rate: 10_000 },
  ),
  {
    ...large,
    name: "slow-reader",
    title: "128 B, 30 times a second, to 1,000 and one that does not read",
    unit: "delivery",
    freshProcess: true,
    run: (server, effort) => runSlowReader(server, effort, { subscribers: 1000, bytes: 128, rate: 30 }),
  },
  {
    ...plain,
    name: "memory",
    title: "memory per idle connection",
    unit: "connection",
    freshProcess: true,
    run: runMemory,
  },
  echo(
    { name: "session-echo-one", title: "session: echo 32 B, one at a time, 100 connections" },
    { connections: 100, bytes: 32 },
    session,
  ),
  echo(
    { name: "session-echo-burst", title: "session: echo 32 B, bursts of 64, 20 connections" },
    { connections: 20, bytes: 32, burst: 64 },
    session,
  ),
  echo(
    { name: "session-steady", title: "session: echo 32 B, 10,000 a second, 200 connections" },
    { connections: 200, bytes: 32, rate: 10_000 },
    session,
  ),
  {
    ...session,
    name: "session-memory",
    title: "memory per idle session",
    unit: "session",
    freshProcess: true,
    run: runMemory,
  },
];
