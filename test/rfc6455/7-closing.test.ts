import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";
import { expectFailure } from "./expect-failure.ts";

describe.each(roles)("a %s", (role) => {
  test(`[6455-7.1.7-${role === "client" ? 1 : 2} ${role}] closes the connection that it fails, though the peer answers nothing`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 11 });
    await expectFailure(pair, 1002, "WS_RESERVED_OPCODE");
  });

  test(`[6455-7.1.7-3 ${role}] processes nothing that follows a failure`, async () => {
    await using pair = await openPair(role);
    pair.peer.send(
      { opcode: 1, payload: "before" },
      { opcode: 1, rsv: 1, payload: "wrong" },
      { opcode: 1, payload: "after" },
      { opcode: 9, payload: "ping" },
      { opcode: 8 },
    );
    expect(await pair.peer.readClose()).toMatchObject({ code: 1002 });
    expect(await pair.peer.stream.rest()).toHaveLength(0);
    pair.peer.end();
    expect(await pair.engine.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(pair.engine.messages).toEqual(["before"]);
    expect(pair.engine.pings).toEqual([]);
    expect(pair.engine.errors).toHaveLength(1);
  });

  test(`[6455-7.1.7-3 ${role}] does not take a Close frame that answers its failure for a clean end`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 0, payload: "wrong" });
    expect(await pair.peer.readClose()).toMatchObject({ code: 1002 });
    pair.peer.sendClose(1002);
    pair.peer.end();
    expect(await pair.engine.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  for (const [row, code] of [
    [1, 1005],
    [2, 1006],
    [3, 1015],
  ] as const) {
    test(`[6455-7.4.1-${row} ${role}] does not let the application send the code ${code}`, async () => {
      await using pair = await openPair(role);
      const { connection } = pair.engine;
      expect(() => connection.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
      connection.send("still open");
      expect((await pair.peer.readFrame()).payload.toString()).toBe("still open");
    });

    test(`[6455-7.4.1-${row} ${role}] fails on a Close frame with the code ${code}`, async () => {
      await using pair = await openPair(role);
      pair.peer.sendClose(code, "reserved");
      await expectFailure(pair, 1002, "WS_CLOSE_CODE");
    });
  }

  test(`[6455-7.4.1-1 ${role}] answers a Close frame without a code by one without a code`, async () => {
    await using pair = await openPair(role);
    pair.peer.sendClose();
    expect((await pair.peer.readFrame()).payload).toHaveLength(0);
  });

  test(`takes the code and reason of the first Close frame, though both ends closed at once`, async () => {
    await using pair = await openPair(role);
    pair.engine.connection.close(3001, "ours");
    pair.peer.sendClose(3002, "theirs");
    expect(await pair.peer.readClose()).toEqual({ code: 3001, reason: "ours" });
    pair.peer.end();
    expect(await pair.engine.closed).toEqual({ code: 3002, reason: "theirs", wasClean: true });
  });

  test(`reports a connection that ended without a Close frame as 1006`, async () => {
    await using pair = await openPair(role);
    pair.peer.end();
    expect(await pair.engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  });

  test.each([0, 1, 999, 1004, 1016, 1100, 2000, 2999, 5000, 65_535])(
    `fails on a Close frame with the code %i, which no endpoint may send`,
    async (code) => {
      await using pair = await openPair(role);
      pair.peer.sendClose(code);
      await expectFailure(pair, 1002, "WS_CLOSE_CODE");
    },
  );
});

test("a client delivers no message that comes after it has called close", async () => {
  await using pair = await openPair("client");
  pair.engine.connection.close(1000);
  await pair.peer.readClose();
  pair.peer.sendText("too late");
  pair.peer.sendClose(1000);
  pair.peer.end();
  expect((await pair.engine.closed).wasClean).toBe(true);
  expect(pair.engine.messages).toEqual([]);
});

test("a server delivers what comes before the Close frame that answers its own", async () => {
  await using pair = await openPair("server");
  pair.engine.connection.close(1000);
  await pair.peer.readClose();
  pair.peer.sendText("in time");
  pair.peer.sendClose(1000);
  expect(await pair.engine.nextMessage()).toBe("in time");
});

test.each(["the status 404", "a wrong Sec-WebSocket-Accept"])(
  "[6455-7.2.1-1 client] a client closes the connection on which a handshake failed by %s",
  async (what) => {
    await using server = await RawServer.listen();
    const engine = new Observed(new WebSocket(server.url()));
    const { peer, request } = await server.acceptRequest();
    if (what === "the status 404") answer(peer, request, { statusLine: "HTTP/1.1 404 Not Found" });
    else answer(peer, request, { fields: { "Sec-WebSocket-Accept": "x" } });
    await peer.ended;
    expect(await engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  },
);

test("[6455-7.2.1-2 client] a client whose connection is reset fails it", async () => {
  await using pair = await openPair("client");
  pair.peer.stream.socket.resetAndDestroy();
  expect(await pair.engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  expect(pair.engine.connection.readyState).toBe(WebSocket.CLOSED);
});

test("[6455-7.2.1-2 client] a client whose connection ends inside a message fails it", async () => {
  await using pair = await openPair("client");
  pair.peer.send({ opcode: 1, fin: false, payload: "half a" });
  pair.peer.end();
  expect(await pair.engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  expect(pair.engine.messages).toEqual([]);
});
