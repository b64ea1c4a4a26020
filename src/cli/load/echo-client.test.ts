import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Burst } from "./burst.ts";
import { EchoClient, type EchoConnection } from "./echo-client.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

const burst = new Burst([
  { payload: Buffer.from("one"), opcode: 1 },
  { payload: Buffer.from("two"), opcode: 1 },
]);
const [first, second] = [burst.reply.subarray(0, 5), burst.reply.subarray(5)];

/** A client on a connection that keeps what was written. */
function start(rest = Buffer.alloc(0)) {
  const written: Buffer[] = [];
  const connection: EchoConnection = {
    rest,
    onBytes: () => {},
    write: (bytes) => void written.push(bytes as Buffer),
  };
  const latencies = new LatencyHistogram();
  const client = new EchoClient(connection, burst, latencies);
  return { client, connection, latencies, written };
}

function advance(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds);
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

// The clock stands still but for `advance`.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("without a schedule", () => {
  test("the next burst is sent when all of the one before is back, timed from its sending", () => {
    const { client, connection, latencies, written } = start();
    client.startAsking();
    advance(3);
    connection.onBytes(first);
    expect(written).toEqual([burst.request]);
    advance(1);
    connection.onBytes(second);
    expect(written).toHaveLength(2);
    expect(latencies.count).toBe(2);
    expect([50, 100].map((percent) => Math.round(latencies.percentileMicros(percent) / 100))).toEqual([
      30, 40,
    ]);
  });

  test("one burst may be asked for at a time, and each is waited for", async () => {
    const { client, connection, written } = start();
    for (const count of [1, 2]) {
      const asked = client.ask();
      expect(await isSettled(asked)).toBe(false);
      connection.onBytes(burst.reply);
      await asked;
      expect(written).toHaveLength(count);
    }
    expect(client.messages).toBe(4);
  });

  test("a stop waits for what is on its way, and sends no more", async () => {
    const { client, connection, written } = start();
    client.startAsking();
    const stopped = client.stop();
    connection.onBytes(first);
    expect([await isSettled(stopped), client.unanswered]).toEqual([false, 1]);
    connection.onBytes(second);
    await stopped;
    expect([written.length, client.unanswered]).toEqual([1, 0]);
  });
});

describe("with a schedule", () => {
  test("latency counts from when a burst was due, not from when it could be sent", () => {
    const { client, connection, latencies, written } = start();
    client.startSchedule({ firstAt: performance.now(), everyMs: 10, unansweredMax: 2 });
    for (let i = 0; i < 4; i++) client.sendNext();
    expect([written.length, client.unanswered, client.unsent]).toEqual([2, 4, 4]);
    advance(100);
    connection.onBytes(burst.reply);
    expect([written.length, client.unsent]).toEqual([3, 2]);
    connection.onBytes(burst.reply);
    connection.onBytes(Buffer.concat([burst.reply, burst.reply]));
    // Due at 0, 10, 20 and 30 ms.
    expect(
      [25, 50, 75, 100].map((percent) => Math.round(latencies.percentileMicros(percent) / 1000)),
    ).toEqual([70, 80, 90, 100]);
  });

  test("what was asked for before does not count", () => {
    const { client, connection, latencies } = start();
    void client.ask();
    connection.onBytes(burst.reply);
    latencies.clear();
    client.startSchedule({ firstAt: performance.now(), everyMs: 10, unansweredMax: 2 });
    client.sendNext();
    advance(5);
    connection.onBytes(burst.reply);
    expect(latencies.maxMicros).toBeCloseTo(5000, 0);
  });
});

test("a lost connection is waited for no longer", async () => {
  const { client } = start();
  client.startAsking();
  const stopped = client.stop();
  client.drop();
  await stopped;
  expect(client.unanswered).toBe(0);
});

test("an echo of what was not sent yet is refused", () => {
  const { client, connection } = start();
  client.startAsking();
  expect(() => connection.onBytes(Buffer.concat([burst.reply, first]))).toThrow("had not been sent yet");
});

test("pings are answered, those that came with the handshake, too", () => {
  const { connection, written } = start(Buffer.from([0x89, 0]));
  connection.onBytes(Buffer.from([0x89, 1, 0x61]));
  expect(written.map((pong) => [pong[0], pong[1]])).toEqual([
    [0x8a, 0x80],
    [0x8a, 0x81],
  ]);
});
