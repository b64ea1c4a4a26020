import { describe, expect, test } from "vitest";
import { type WebSocketConnection, WebSocketServer } from "../../src/websocket/index.ts";
import type { Effort, MeasuredServer } from "../workload.ts";
import { runBroadcast } from "./broadcast.ts";
import { runConnect } from "./connect.ts";
import { runEcho } from "./echo.ts";
import { runMemory } from "./memory.ts";
import { runSlowReader } from "./slow-reader.ts";

const effort: Effort = { warmupMs: 1, measureMs: 30, idleConnections: 20 };

const keep = (data: string | Buffer, _socket: WebSocketConnection): string | Buffer => data;

/** A server in this process that speaks as those of the benchmark do; `alter` is what it does to an echo. */
async function serve({ deflate = false, alter = keep } = {}) {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: deflate && {
      threshold: 0,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    },
  });
  server.onconnection = ({ socket, request }) => {
    if (request.url === "/subscribe" || request.url === "/slow") socket.subscribe("all");
    if (request.url === "/publish") socket.onmessage = ({ data }) => server.publish("all", data as string);
    else if (request.url !== "/subscribe")
      socket.onmessage = ({ data }) => socket.send(alter(data as string | Buffer, socket));
  };
  await server.listening;
  const { port } = server.address() as { port: number };
  const measured: MeasuredServer = {
    pid: process.pid,
    target: { port, deflate, dialect: "websocket", recovers: false },
    collectGarbage: async () => {},
    readBuffered: async () => Math.max(0, ...[...server.clients].map(({ bufferedAmount }) => bufferedAmount)),
  };
  return { server, measured, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

// CPU time and memory are read from /proc.
describe.runIf(process.platform === "linux")("the load generator", () => {
  test.each([
    { bytes: 32, deflate: false },
    { bytes: 65_536, deflate: false },
    { bytes: 1024, deflate: true },
  ])("an echo of $bytes bytes has its cost and latency measured (deflate: $deflate)", async (options) => {
    await using peer = await serve({ deflate: options.deflate });
    const sample = await runEcho(peer.measured, effort, { connections: 3, bytes: options.bytes });
    expect(sample.cpuMicros).toBeGreaterThan(0);
    expect(sample.perSecond).toBeGreaterThan(0);
    expect(sample.p99Micros).toBeGreaterThanOrEqual(sample.p50Micros ?? Number.POSITIVE_INFINITY);
  });

  test("bursts are counted by message and have no latency", async () => {
    await using peer = await serve();
    const sample = await runEcho(peer.measured, effort, { connections: 2, bytes: 32, burst: 64 });
    expect(sample.perSecond).toBeGreaterThan(64);
    expect(sample.p50Micros).toBeUndefined();
  });

  test.each([{ publishers: 1 }, { publishers: 3 }])(
    "a broadcast is counted by delivery, with $publishers publishers",
    async ({ publishers }) => {
      await using peer = await serve();
      const options = { subscribers: 5, bytes: 128, publishers, burst: 2 };
      const sample = await runBroadcast(peer.measured, effort, options);
      expect(sample.perSecond).toBeGreaterThan(0);
    },
  );

  test("a steady rate is kept", async () => {
    await using peer = await serve();
    const options = { connections: 4, bytes: 32, rate: 1000 };
    const sample = await runEcho(peer.measured, { ...effort, measureMs: 300 }, options);
    expect(sample.perSecond).toBeGreaterThan(500);
    expect(sample.perSecond).toBeLessThan(2000);
  });

  test("connections are opened and closed, and held idle", async () => {
    await using peer = await serve();
    expect((await runConnect(peer.measured, effort)).perSecond).toBeGreaterThan(0);
    expect((await runMemory(peer.measured, effort)).bytesPerConnection).toBeTypeOf("number");
  });

  test("deliveries are timed without and with a reader that is slow, which our server gives up", async () => {
    await using peer = await serve();
    const options = { subscribers: 5, bytes: 128, rate: 200 };
    const { p99Micros, extras } = await runSlowReader(peer.measured, effort, options);
    expect(p99Micros).toBeGreaterThan(0);
    expect(extras).toMatchObject({ "it is ended": 1, "p99 ÷ without": expect.any(Number) as number });
    // It waits in the kernel, too, and our limit is 16 MiB.
    expect(extras!["MiB waiting for it"]).toBeGreaterThan(4);
    expect(extras!["MiB waiting for it"]).toBeLessThanOrEqual(16);
  });

  test("an echo that differs fails the run", async () => {
    await using peer = await serve({ alter: (data) => String(data).replace("id", "ID") });
    await expect(runEcho(peer.measured, effort, { connections: 2, bytes: 32 })).rejects.toThrow(
      "is not the echo",
    );
  });

  test("a connection that is lost fails the run", async () => {
    let echoes = 0;
    await using peer = await serve({
      alter: (data, socket) => {
        if (++echoes === 50) socket.terminate();
        return data;
      },
    });
    const run = runEcho(peer.measured, { ...effort, measureMs: 10_000 }, { connections: 2, bytes: 32 });
    await expect(run).rejects.toThrow(/without a Close frame|ECONNRESET/);
  });
});
