import { describe, expect, test } from "vitest";
import { type EndConditions, ServerEnd } from "../../test/pure/session-ends.ts";
import { openEnd } from "../../test/pure/session-vector.ts";
import type { SessionRegistryOptions } from "./session-registry.ts";

async function openServer(
  options: SessionRegistryOptions = {},
  conditions: EndConditions = {},
): Promise<ServerEnd> {
  const server = new ServerEnd(options, conditions);
  await openEnd(server);
  return server;
}

function name(stream: number, priority = "interactive"): string {
  return `stream {"stream":${stream},"name":"${stream}","kind":"reliable","priority":"${priority}"}`;
}

/** A session with memory for one message of 20 KB, beside windows that are used up. */
const tight = { messageBytesMax: 20_000, receiveBytesMax: 30_000, window: { messages: 10, bytes: 10_000 } };

describe("acknowledging", () => {
  test("waits 50 ms for a message that may carry it", async () => {
    const server = await openServer();
    server.receive("1:x");
    server.receive("2:y");
    server.advance(49);
    expect(server.link.take()).toEqual([]);
    server.advance(1);
    expect(server.link.take()).toEqual(["ack 0 2 2 2 1026 262146"]);
    server.advance(1000);
    expect(server.link.take()).toEqual([]);
  });

  test("waits for a link when there is none", async () => {
    const server = await openServer();
    server.receive("1:x");
    server.lose();
    server.advance(100);
    expect(server.links.flatMap((link) => link.take())).toEqual([]);
  });

  test("of bulk is at once, for each frame", async () => {
    const server = await openServer();
    for (const frame of [name(1, "bulk"), "1.1@0/2:a", "1.1@1/2:b"]) server.receive(frame);
    expect(server.link.take()).toEqual([
      "ack 1 0 0 0 1024 262144",
      "ack 1 0@1 0 0 1024 262144",
      "ack 1 1 0 0 1024 262144",
    ]);
  });
});

describe("memory that is used up", () => {
  test("lets one message end, and the next when the first has settled", async () => {
    const server = await openServer(tight, { handlers: "slow" });
    for (const frame of [name(1), name(2)]) server.receive(frame);
    server.link.take();
    for (const stream of [1, 2]) server.receive(`${stream}.1@0/20000:${"x".repeat(16_000)}`);
    expect(server.link.take()).toEqual(["ack 1 0@16000 0 0 16 20000", "ack 2 0@16000 0 0 16 16384"]);
    server.receive(`1.1@16000/20000:${"x".repeat(4000)}`);
    server.link.take();
    server.settle(server.session.stream("1"));
    expect(server.link.take()).toContain("ack 2 0@16000 0 0 16 20000");
    server.receive(`2.1@16000/20000:${"x".repeat(4000)}`);
    server.settle(server.session.stream("2"));
    expect(server.session.heldBytes).toBe(0);
  });

  test("is not waited for by streams whose window is small enough by now", async () => {
    const server = await openServer(tight);
    server.receive(name(1));
    server.receive(`1:${"x".repeat(5000)}`);
    expect(server.link.take()).toEqual(["ack 1 0 0 0 16 16384", "ack 0 1 1 1 11 10000"]);
    server.session.setWindow({ messages: 10, bytes: 100 });
    server.receive(`1.1:${"x".repeat(16_384)}`);
    server.advance(100);
    expect(server.link.take()).toEqual(["ack 1 1 1 1 16 16484"]);
  });
});
