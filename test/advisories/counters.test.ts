/** socket.io-parser CVE-2026-33151, CVE-2026-69185, Phoenix CVE-2026-56811: counts that are unbounded, negative or zero. */
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer, websocketLimits } from "../../src/websocket/index.ts";
import { protocolLimits } from "../../src/protocol/index.ts";
import { openPair } from "../raw-peer/open-pair.ts";
import { TestServer } from "../raw-peer/test-server.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";

/** Every limit that an option sets. */
const limits = Object.entries({ ...protocolLimits, ...websocketLimits })
  .filter(([, { where }]) => where !== "fixed")
  .map(([name, { where }]) => ({ name, where }));

describe.each(limits)("the option $name", ({ name }) => {
  test.each([-1, -0.5, 0.5, Number.NaN, -Infinity])("is no %d", (value) => {
    expect(() => new WebSocketServer({ [name]: value })).toThrow(RangeError);
    expect(() => new WebSocketServer({ [name]: value })).toThrow(name);
  });

  test.each(["10", null, {}, [10], true, 10n])("is no %o", (value) => {
    expect(() => new WebSocketServer({ [name]: value })).toThrow(TypeError);
  });

  test.each([0, 1, 2 ** 31 - 1])("may be %d", (value) => {
    expect(() => new WebSocketServer({ [name]: value })).not.toThrow();
  });
});

describe.each(limits.filter(({ where }) => /WebSocket(?!Server)/.test(where)))(
  "the option $name of a client",
  ({ name }) => {
    test.each([-1, 0.5, Number.NaN])("is no %d", (value) => {
      expect(() => new WebSocket("ws://127.0.0.1:9/", [], { [name]: value })).toThrow(RangeError);
    });
  },
);

describe("at the edges of a limit", () => {
  test.each([0, 1, 5])("topicsMax %i holds a connection to as many topics", async (topicsMax) => {
    await using server = await TestServer.listen("own listener", { topicsMax });
    const connection = server.nextConnection();
    const { peer } = await requestRaw(server.port);
    await using _peer = peer;
    const { connection: socket } = await connection;
    for (let i = 0; i < topicsMax; i++)
      (socket as unknown as { subscribe(topic: string): void }).subscribe(`topic ${i}`);
    expect(() => (socket as unknown as { subscribe(topic: string): void }).subscribe("one more")).toThrow(
      RangeError,
    );
  });

  test.each([0, 1, 3])(
    "connectionsMax %i refuses the next connection with 503, and takes it when there is room",
    async (connectionsMax) => {
      await using server = await TestServer.listen("own listener", { connectionsMax });
      const open = [];
      for (let i = 0; i < connectionsMax; i++) open.push(await requestRaw(server.port));
      const refused = await requestRaw(server.port);
      await using _refused = refused.peer;
      expect([...open, refused].map(({ response }) => response.status)).toEqual([
        ...open.map(() => 101),
        503,
      ]);
      if (connectionsMax === 0) return;
      for (const { peer } of open) await peer[Symbol.asyncDispose]();
      await Promise.all(server.connections.map(({ closed }) => closed));
      const next = await requestRaw(server.port);
      await using _next = next.peer;
      expect(next.response.status).toBe(101);
    },
  );

  test.each([0, 1, 2])("maxFragments %i fails the frame after as many", async (maxFragments) => {
    await using pair = await openPair("server", { options: { maxFragments } });
    for (let i = 0; i <= maxFragments; i++) pair.peer.send({ opcode: i === 0 ? 2 : 0, fin: false });
    expect(await pair.peer.readFailure()).toBe(1008);
  });

  test("maxPayload 0 takes empty messages only", async () => {
    await using pair = await openPair("server", { options: { maxPayload: 0 } });
    pair.peer.send({ opcode: 1 }, { opcode: 2 });
    expect(await pair.engine.nextMessages(2)).toEqual(["", Buffer.alloc(0)]);
    pair.peer.sendText("x");
    expect(await pair.peer.readFailure()).toBe(1009);
  });
});
