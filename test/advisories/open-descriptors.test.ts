/** engine.io CVE-2026-59725: refused requests that stay open until the descriptors run out. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { connectRaw, formatRequest } from "../raw-peer/raw-client.ts";
import type { RawPeer } from "../raw-peer/raw-peer.ts";
import { fronts, TestServer } from "../raw-peer/test-server.ts";

const openDescriptors = () => readdirSync("/dev/fd").length;

/** Requests that are all refused, each for another reason. */
const badRequests: ((port: number) => string)[] = [
  (port) => formatRequest(port, { fields: { "Sec-WebSocket-Key": "short" } }),
  (port) => formatRequest(port, { fields: { "Sec-WebSocket-Version": "12" } }),
  (port) => formatRequest(port, { fields: { Origin: "https://evil.example" } }),
  (port) => formatRequest(port, { startLine: "GET /nowhere HTTP/1.1" }),
  (port) => formatRequest(port, { startLine: "POST /live HTTP/1.1" }),
  (port) => formatRequest(port, { fields: { Upgrade: "h2c" } }),
  (port) => formatRequest(port, { fields: { "Sec-WebSocket-Extensions": "a b" } }),
  (port) => formatRequest(port, { fields: { "X-Long": "x".repeat(20_000) } }),
  (port) => formatRequest(port, { fields: { Host: undefined } }),
  () => "this is no HTTP\r\n\r\n",
];

describe.each(fronts)("a server by its %s", (front) => {
  test("has no descriptor open after 5,000 bad requests", { timeout: 120_000 }, async () => {
    await using server = await TestServer.listen(front, { path: "/live", log: { warn() {} } });
    const before = openDescriptors();
    for (let i = 0; i < 5000; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, j) => {
          await using peer = await connectRaw(server.port);
          peer.write(badRequests[(i + j) % badRequests.length]!(server.port));
          expect((await peer.readHead()).status).toBeGreaterThanOrEqual(400);
        }),
      );
    }
    await expect.poll(openDescriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    expect(server.connections).toHaveLength(0);
  });

  test("closes refused connections though their clients never do", { timeout: 60_000 }, async () => {
    await using server = await TestServer.listen(front, { path: "/live", log: { warn() {} } });
    const before = openDescriptors();
    const peers: RawPeer[] = [];
    // A request that Node's own server answers as plain HTTP may be followed by another one, so it stays open.
    const refused = badRequests.filter((_, i) => i !== 5 || front === "own listener");
    for (let i = 0; i < 200; i++) {
      const peer = await connectRaw(server.port);
      peers.push(peer);
      peer.write(refused[i % refused.length]!(server.port));
    }
    // The peers' own ends remain open; the server's must not.
    await expect.poll(openDescriptors, { timeout: 20_000 }).toBeLessThanOrEqual(before + peers.length + 2);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  test("closes connections that never finish their request", { timeout: 60_000 }, async () => {
    await using server = await TestServer.listen("own listener", { handshakeTimeout: 200 });
    const before = openDescriptors();
    const peers: RawPeer[] = [];
    for (let i = 0; i < 100; i++) {
      const peer = await connectRaw(server.port);
      peers.push(peer);
      if (i % 2 === 0) peer.write("GET / HTTP/1.1\r\nHost: ");
    }
    await expect.poll(openDescriptors, { timeout: 20_000 }).toBeLessThanOrEqual(before + peers.length + 2);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  test("leaves nothing behind of clients that vanish in the middle of a handshake", {
    timeout: 60_000,
  }, async () => {
    await using server = await TestServer.listen(front);
    const before = openDescriptors();
    for (let i = 0; i < 500; i++) {
      const peer = await connectRaw(server.port);
      peer.write(formatRequest(server.port).slice(0, i % 180));
      peer.stream.socket.resetAndDestroy();
    }
    await expect.poll(openDescriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
  });
});
