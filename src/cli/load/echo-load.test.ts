import { describe, expect, test } from "vitest";
import { Burst } from "./burst.ts";
import type { EchoConnection } from "./echo-client.ts";
import { EchoLoad } from "./echo-load.ts";

const burst = new Burst([{ payload: Buffer.from("one"), opcode: 1 }]);

/** A load on connections whose echo comes at once, or never; `sent` counts what each wrote. */
function loadOf(count: number, isEchoed: (connection: number) => boolean = () => true) {
  const load = new EchoLoad();
  const sent = Array.from({ length: count }, () => 0);
  for (let i = 0; i < count; i++) {
    const connection: EchoConnection = {
      rest: Buffer.alloc(0),
      onBytes: () => {},
      write: () => {
        sent[i]!++;
        if (isEchoed(i)) setImmediate(() => connection.onBytes(burst.reply));
      },
    };
    load.add(connection, burst);
  }
  return { load, sent };
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
}

describe("EchoLoad", () => {
  test("without a rate each connection sends when its echo is back", async () => {
    const { load, sent } = loadOf(3, (i) => i !== 1);
    load.start();
    await until(() => load.messages >= 20);
    expect(sent[0]).toBeGreaterThanOrEqual(10);
    expect([sent[1], load.unanswered > 0, load.unsent]).toEqual([1, true, 0]);
    void load.stop();
  });

  test("at a rate the connections take turns, whether echoes are back or not", async () => {
    const { load, sent } = loadOf(4, (i) => i !== 1);
    const startedAt = performance.now();
    load.start(2000);
    await until(() => load.messages >= 60);
    const elapsedMs = performance.now() - startedAt;
    // 2 a millisecond, of which three quarters are echoed.
    expect(elapsedMs).toBeGreaterThanOrEqual(38);
    expect(Math.max(...sent) - Math.min(...sent)).toBeLessThanOrEqual(1);
    expect(load.unanswered).toBeGreaterThanOrEqual(sent[1]!);
    void load.stop();
  });

  test("a slow rate is kept by a timer, and nothing is sent before it is due", async () => {
    const { load, sent } = loadOf(1);
    const startedAt = performance.now();
    load.start(50);
    await until(() => load.messages >= 3);
    await load.stop();
    const elapsedMs = performance.now() - startedAt;
    expect(elapsedMs).toBeGreaterThanOrEqual(40);
    expect(sent[0]).toBeLessThanOrEqual(1 + elapsedMs / 20);
  });

  test("a stop ends it when all echoes are back", async () => {
    const { load, sent } = loadOf(5);
    load.start();
    await until(() => load.messages >= 20);
    await load.stop();
    expect([load.messages, load.unanswered]).toEqual([sent.reduce((sum, count) => sum + count), 0]);
  });

  test("counts all of the latencies", async () => {
    const { load } = loadOf(2);
    load.start();
    await until(() => load.messages >= 10);
    await load.stop();
    expect(load.latencies.count).toBe(load.messages);
  });
});
