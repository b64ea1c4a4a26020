/** undici CVE-2026-2229: a window size out of range in an answer ended the process. Anything may stand there. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { RawServer } from "../raw-peer/raw-server.ts";
import { TestServer } from "../raw-peer/test-server.ts";

const timeout = 60_000;
const numRuns = 500;

const value = fc.oneof(
  fc.integer({ min: -1, max: 20 }).map(String),
  fc.constantFrom(
    "",
    "08",
    "1e1",
    "0x9",
    "NaN",
    "Infinity",
    '"10"',
    '"1\\0"',
    '"',
    "99999999999999999999",
    "\u00b2",
  ),
  fc.string({ maxLength: 5 }),
);
const parameter = fc
  .tuple(
    fc.constantFrom(
      "server_max_window_bits",
      "client_max_window_bits",
      "server_no_context_takeover",
      "client_no_context_takeover",
      "x",
    ),
    fc.option(value, { nil: undefined }),
  )
  .map(([name, given]) => (given === undefined ? name : `${name}=${given}`));
const extensions = fc
  .array(fc.array(parameter, { maxLength: 4 }), { minLength: 1, maxLength: 3 })
  .map((offers) => offers.map((parameters) => ["permessage-deflate", ...parameters].join("; ")).join(", "))
  // What cannot stand in a header at all is the head parser's business.
  .map((text) => text.replace(/[^\x20-\x7e\u0080-\u00ff]/g, "?"));

test("a server survives any offer, and talks where it opens", { timeout }, async () => {
  await using server = await TestServer.listen("own listener", { perMessageDeflate: { threshold: 0 } });
  const property = fc.asyncProperty(extensions, async (offer) => {
    const { peer, response } = await requestRaw(server.port, {
      fields: { "Sec-WebSocket-Extensions": offer },
    });
    await using _peer = peer;
    expect([101, 400]).toContain(response.status);
    if (response.status !== 101) return;
    server.connections.at(-1)!.connection.send("hello, hello, hello");
    expect((await peer.readFrame()).opcode).toBe(1);
  });
  await fc.assert(property, { numRuns });
});

test("a client survives any answer, and talks where it opens", { timeout }, async () => {
  await using server = await RawServer.listen();
  const property = fc.asyncProperty(extensions, async (answered) => {
    const options = { perMessageDeflate: { threshold: 0 } };
    const engine = new Observed(new WebSocket(server.url(), [], options));
    const { peer } = await server.acceptWebSocket({ "Sec-WebSocket-Extensions": answered });
    await using _peer = peer;
    const closed = await Promise.race([engine.opened, engine.closed]);
    if (closed !== undefined) {
      expect(closed).toEqual({ code: 1006, reason: "", wasClean: false });
      return;
    }
    engine.connection.send("hello, hello, hello");
    expect((await peer.readFrame()).opcode).toBe(1);
  });
  await fc.assert(property, { numRuns });
});
