/** ws CVE-2024-37890: more headers than the limit crashed the server. */
import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";
import { fronts, TestServer } from "../raw-peer/test-server.ts";

const headersMax = 20;
/** Those of a correct handshake. */
const ownRequestHeaders = 5;
const ownResponseHeaders = 3;

function extraHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, "1"]));
}

describe.each(fronts)("a server by its %s", (front) => {
  test("stays up under any number of headers, and takes the usual ones after each", {
    timeout: 60_000,
  }, async () => {
    await using server = await TestServer.listen(front, { headersMax });
    for (const count of [
      0,
      1,
      headersMax - 6,
      headersMax - 5,
      headersMax - 4,
      100,
      500,
      999,
      1000,
      1999,
      2000,
      2001,
      4000,
    ]) {
      const { peer, response } = await requestRaw(server.port, { fields: extraHeaders(count) });
      await using _peer = peer;
      const isWithin = count + ownRequestHeaders <= headersMax;
      if (front === "own listener") expect([count, response.status]).toEqual([count, isWithin ? 101 : 431]);
      else expect([101, 400, 431]).toContain(response.status);
      const usual = await requestRaw(server.port);
      await using _usual = usual.peer;
      expect(usual.response.status).toBe(101);
    }
  });

  test("answers a head of more bytes than the limit with 431", async () => {
    await using server = await TestServer.listen(front, { headerBytesMax: 16_384 });
    const { peer, response } = await requestRaw(server.port, { fields: { "X-Long": "x".repeat(17_000) } });
    await using _peer = peer;
    expect(response.status).toBe(431);
  });

  test("ends a connection on which a head never ends", async () => {
    await using server = await TestServer.listen(front, { headerBytesMax: 16_384 });
    const { connectRaw } = await import("../raw-peer/raw-client.ts");
    await using peer = await connectRaw(server.port);
    peer.write("GET / HTTP/1.1\r\n");
    for (let i = 0; i < 40; i++) peer.write(`X-${i}: ${"y".repeat(1000)}\r\n`);
    expect((await peer.readHead()).status).toBe(431);
    peer.end();
    await peer.ended;
  });
});

test.each([0, headersMax - ownResponseHeaders, headersMax - ownResponseHeaders + 1, 500, 4000])(
  "a client takes up to its limit of headers in a response, and fails past it: %i more",
  async (count) => {
    await using server = await RawServer.listen();
    const engine = new Observed(new WebSocket(server.url(), [], { headersMax, headerBytesMax: 100_000 }));
    const { peer, request } = await server.acceptRequest();
    answer(peer, request, { fields: extraHeaders(count) });
    const outcome = await Promise.race([
      engine.opened.then(() => "opened"),
      engine.closed.then(() => "failed"),
    ]);
    expect(outcome).toBe(count + ownResponseHeaders <= headersMax ? "opened" : "failed");
  },
);

test("a client fails on a response head that never ends", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer } = await server.acceptRequest();
  peer.write(`HTTP/1.1 101 Switching Protocols\r\nX: ${"y".repeat(20_000)}`);
  expect((await engine.closed).code).toBe(1006);
});
