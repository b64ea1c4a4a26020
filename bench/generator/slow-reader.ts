import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Connection } from "../../src/cli/load/connection.ts";
import { encodeClientFrame } from "../../src/cli/load/frames.ts";
import { LatencyHistogram } from "../../src/cli/load/latency-histogram.ts";
import { wait } from "../../src/cli/load/measure.ts";
import { readResidentBytes } from "../../src/cli/load/process-usage.ts";
import { ReplyReader } from "../../src/cli/load/reply-reader.ts";
import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeers } from "./open-peer.ts";
import { takeSample } from "./sample.ts";
import { makeMessage, repeat } from "./traffic.ts";

export interface SlowReaderOptions {
  readonly subscribers: number;
  readonly bytes: number;
  /** Publications a second. */
  readonly rate: number;
}

const MEBIBYTE = 1024 * 1024;
/** What the slow reader has echoed to it before, which is more than the network takes and less than servers bear. */
const FILL_BYTES = 8 * MEBIBYTE;
const FILL_MESSAGE_BYTES = 64 * 1024;
/** What is published at the end to the slow reader alone. */
const FLOOD_BYTES = 64 * MEBIBYTE;
const FLOOD_MESSAGE_BYTES = 16 * 1024;
const SETTLE_MS = 300;

/**
 * A steady broadcast, first without and then with one more subscriber that reads nothing. Then that one alone is
 * flooded, to see what the server does about it: what it keeps, and whether it gives the connection up.
 */
export async function runSlowReader(
  server: MeasuredServer,
  effort: Effort,
  options: SlowReaderOptions,
): Promise<Sample> {
  using sending = await openPeers(server.target, 1, "/publish");
  const [publisher] = sending.list as [Connection];
  const unlessLost = <T>(promise: Promise<T>): Promise<T> => sending.unlessLost(promise);
  const run = (): Promise<Sample> =>
    unlessLost(broadcast(server, { ...effort, measureMs: 4 * effort.measureMs }, { ...options, publisher }));
  // The first one warms the server up: it is new, so that the memory of an earlier turn's slow reader is not there.
  await run();
  await unlessLost(server.collectGarbage());
  const quiet = await run();
  await unlessLost(server.collectGarbage());
  const before = readResidentBytes(server.pid);
  using slow = new SlowReader(server.target.port);
  await unlessLost(slow.fill());
  const disturbed = await run();
  const held = await unlessLost(flood(server, publisher));
  const isEnded = await unlessLost(slow.isEnded());
  const extras = {
    "p50 without, µs": quiet.p50Micros!,
    "p99 without, µs": quiet.p99Micros!,
    "p99 ÷ without": disturbed.p99Micros! / quiet.p99Micros!,
    "MiB waiting for it": held.bufferedBytes / MEBIBYTE,
    "MiB of memory": (held.residentBytes - before) / MEBIBYTE,
    "it is ended": isEnded ? 1 : 0,
  };
  return { ...disturbed, extras };
}

/** Measures the time from a publication to each of its deliveries. */
async function broadcast(
  server: MeasuredServer,
  effort: Effort,
  { subscribers, bytes, rate, publisher }: SlowReaderOptions & { readonly publisher: Connection },
): Promise<Sample> {
  using receiving = await openPeers(server.target, subscribers, "/subscribe");
  const round = repeat(makeMessage(server.target, { bytes, seed: 1 }), 1);
  const latencies = new LatencyHistogram();
  const publishedAt: number[] = [];
  let delivered = 0;
  const all = Promise.withResolvers<void>();
  let isOver = false;
  for (const subscriber of receiving.list) {
    const reader = new ReplyReader(round, () => {});
    subscriber.onBytes = (chunk) => {
      const known = reader.messages;
      reader.take(chunk);
      const now = performance.now();
      for (let i = known; i < reader.messages; i++) latencies.record((now - publishedAt[i]!) * 1000);
      delivered += reader.messages - known;
      if (isOver && delivered === publishedAt.length * subscribers) all.resolve();
    };
  }
  const publishing = setInterval(() => {
    publishedAt.push(performance.now());
    publisher.write(round.request);
  }, 1000 / rate);
  try {
    return await receiving.unlessLost(takeSample(server, effort, { count: () => delivered, latencies }));
  } finally {
    clearInterval(publishing);
    isOver = true;
    // The publication is under way that was made last, unless it has arrived.
    if (delivered < publishedAt.length * subscribers) await receiving.unlessLost(all.promise);
  }
}

/** The most that a server held at once. */
interface Held {
  /** Of what is to be sent to one connection. */
  bufferedBytes: number;
  residentBytes: number;
}

/** Publishes more than a server may keep for one connection, and tells what it kept. */
async function flood(server: MeasuredServer, publisher: Connection): Promise<Held> {
  const messages = MEBIBYTE / FLOOD_MESSAGE_BYTES;
  const { request } = repeat(makeMessage(server.target, { bytes: FLOOD_MESSAGE_BYTES, seed: 2 }), messages);
  const held: Held = { bufferedBytes: 0, residentBytes: 0 };
  for (let sent = 0; sent < FLOOD_BYTES; sent += MEBIBYTE) {
    publisher.write(request);
    await wait(5);
    held.bufferedBytes = Math.max(held.bufferedBytes, await server.readBuffered());
    held.residentBytes = Math.max(held.residentBytes, readResidentBytes(server.pid));
  }
  await wait(SETTLE_MS);
  held.bufferedBytes = Math.max(held.bufferedBytes, await server.readBuffered());
  return held;
}

/** A subscriber that has plenty echoed to it and reads nothing of it. */
class SlowReader implements Disposable {
  readonly #socket: Socket;
  #bytesRead = 0;
  #hasEnded = false;

  constructor(port: number) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket
      .on("error", () => {})
      .on("close", () => {
        this.#hasEnded = true;
      });
    const lines = [
      "GET /slow HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      "Sec-WebSocket-Version: 13",
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    this.#socket = socket;
  }

  /** Sends what comes back, until the server has taken all of it. */
  async fill(): Promise<void> {
    const frame = encodeClientFrame({ payload: randomBytes(FILL_MESSAGE_BYTES), opcode: 2 });
    for (let sent = 0; sent < FILL_BYTES; sent += FILL_MESSAGE_BYTES) this.#socket.write(frame);
    while (this.#socket.writableLength > 0) await wait(10);
    await wait(SETTLE_MS);
  }

  /** Reads what there is, and tells whether that was the connection's end, before all had come. */
  async isEnded(): Promise<boolean> {
    this.#socket.on("data", ({ length }: Buffer) => {
      this.#bytesRead += length;
    });
    for (let before = -1; before < this.#bytesRead; ) {
      before = this.#bytesRead;
      await wait(SETTLE_MS);
    }
    if (this.#bytesRead < FILL_BYTES / 16) throw new Error("The slow reader was refused");
    return this.#hasEnded;
  }

  [Symbol.dispose](): void {
    this.#socket.resetAndDestroy();
  }
}
