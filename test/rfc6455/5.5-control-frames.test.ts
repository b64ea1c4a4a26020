import { describe, expect, test, vi } from "vitest";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

/** Waits until the engine has closed the connection; a client may first wait for its server to do so. */
async function expectTransportClosed({ role, peer }: Pair): Promise<void> {
  if (role === "client") peer.end();
  await peer.ended;
  peer.end();
}

describe.each(roles)("a %s", (role) => {
  test.each([8, 9, 10])(
    `[6455-5.5-1 ${role}] fails on a control frame (opcode %i) of 126 bytes`,
    async (opcode) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode, payload: Buffer.alloc(126, 3) });
      await expectFailure(pair, 1002, "WS_CONTROL_TOO_LONG");
    },
  );

  test(`[6455-5.5-1 ${role}] sends no control frame of more than 125 bytes`, async () => {
    await using pair = await openPair(role);
    const { connection } = pair.engine;
    expect(() => connection.ping("x".repeat(126))).toThrow(RangeError);
    expect(() => connection.close(1000, "y".repeat(124))).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
    connection.send("nothing before this");
    expect((await pair.peer.readFrame()).payload.toString()).toBe("nothing before this");
  });

  test(`[6455-5.5.1-1 ${role}] fails on a Close frame with a body of 1 byte`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 8, payload: Uint8Array.of(3) });
    await expectFailure(pair, 1002, "WS_CLOSE_LENGTH");
  });

  test.each<[number | undefined, string]>([
    [undefined, ""],
    [1000, ""],
    [3000, "why: \u00e4"],
    [4999, "z".repeat(123)],
  ])(
    `[6455-5.5.1-1 ${role}] [6455-7.1.2-1 ${role}] closes with code %j and reason %j`,
    async (code, reason) => {
      await using pair = await openPair(role);
      if (code === undefined) pair.engine.connection.close();
      else pair.engine.connection.close(code, reason);
      expect(await pair.peer.readClose()).toEqual({ code, reason });
    },
  );

  test(`[6455-5.5.1-4 ${role}] sends no data after its Close frame`, async () => {
    await using pair = await openPair(role);
    const { connection } = pair.engine;
    connection.send("before");
    connection.close(1000);
    connection.send("after");
    connection.send(Buffer.from("after"));
    expect((await pair.peer.readFrame()).payload.toString()).toBe("before");
    expect((await pair.peer.readFrame()).opcode).toBe(8);
    pair.peer.sendClose(1000);
    pair.peer.end();
    expect(await pair.peer.stream.rest()).toHaveLength(0);
  });

  test(`[6455-5.5.1-4 ${role}] sends no data after the Close frame with which it answered`, async () => {
    await using pair = await openPair(role);
    const { connection } = pair.engine;
    pair.peer.sendClose(1000);
    expect(await pair.peer.readClose()).toEqual({ code: 1000, reason: "" });
    connection.send("too late");
    pair.peer.end();
    expect(await pair.peer.stream.rest()).toHaveLength(0);
  });

  test.each([undefined, 1000, 1001, 1011, 3000, 4999])(
    `[6455-5.5.1-5 ${role}] answers a Close frame with code %j by one of the same code`,
    async (code) => {
      await using pair = await openPair(role);
      pair.peer.sendClose(code, "farewell");
      expect((await pair.peer.readClose()).code).toBe(code);
      await expectTransportClosed(pair);
      const reason = code === undefined ? "" : "farewell";
      expect(await pair.engine.closed).toEqual({ code: code ?? 1005, reason, wasClean: true });
    },
  );

  test(`[6455-5.5.1-5 ${role}] answers with no second Close frame`, async () => {
    await using pair = await openPair(role);
    pair.engine.connection.close(1000, "first");
    await pair.peer.readClose();
    pair.peer.sendClose(1000);
    await expectTransportClosed(pair);
    expect(pair.peer.stream.waiting).toHaveLength(0);
  });

  test(`[6455-5.5.1-6 ${role}] closes the TCP connection once Close frames went both ways`, async () => {
    await using pair = await openPair(role);
    pair.engine.connection.close(1000);
    await pair.peer.readClose();
    pair.peer.sendClose(1000);
    await expectTransportClosed(pair);
    expect(await pair.engine.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  test(`[6455-5.5.1-6 ${role}] closes the TCP connection though the peer keeps its side open`, async () => {
    await using pair = await openPair(role, { options: { closeTimeout: 50 } });
    pair.engine.connection.close(1000);
    await pair.peer.readClose();
    pair.peer.sendClose(1000);
    await pair.peer.ended;
    expect(await pair.engine.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  test(`[6455-5.5.2-1 ${role}] [6455-5.5.3-1 ${role}] answers each Ping with a Pong of the same data`, async () => {
    await using pair = await openPair(role);
    for (const payload of [
      Buffer.alloc(0),
      Buffer.from("Hello"),
      Buffer.alloc(125, 0xfe),
      Buffer.from([0, 255]),
    ]) {
      pair.peer.send({ opcode: 9, payload });
      const pong = await pair.peer.readFrame();
      expect([pong.opcode, pong.payload]).toEqual([10, payload]);
    }
  });

  test(`[6455-5.5.2-1 ${role}] answers no Ping that comes after a Close frame`, async () => {
    await using pair = await openPair(role);
    pair.peer.write(
      Buffer.concat([pair.peer.encode({ opcode: 8 }), pair.peer.encode({ opcode: 9, payload: "late" })]),
    );
    expect((await pair.peer.readFrame()).opcode).toBe(8);
    pair.peer.end();
    expect(await pair.peer.stream.rest()).toHaveLength(0);
  });

  test(`[6455-5.5.2-1 ${role}] answers a Ping also after it has sent a Close frame, as long as it has received none`, async () => {
    await using pair = await openPair(role);
    pair.engine.connection.close(1000);
    await pair.peer.readClose();
    pair.peer.send({ opcode: 9, payload: "still there?" });
    const pong = await pair.peer.readFrame();
    expect([pong.opcode, pong.payload.toString()]).toEqual([10, "still there?"]);
    pair.peer.sendClose(1000);
    await expectTransportClosed(pair);
    expect((await pair.engine.closed).wasClean).toBe(true);
  });

  test(`delivers nothing that follows a Close frame, nor fails on it`, async () => {
    await using pair = await openPair(role);
    pair.peer.write(
      Buffer.concat([
        pair.peer.encode({ opcode: 1, payload: "before" }),
        pair.peer.encode({ opcode: 8 }),
        pair.peer.encode({ opcode: 1, payload: "after" }),
        pair.peer.encode({ opcode: 3, rsv: 7 }),
      ]),
    );
    await pair.peer.readClose();
    pair.peer.end();
    expect(await pair.engine.closed).toEqual({ code: 1005, reason: "", wasClean: true });
    expect([pair.engine.messages, pair.engine.errors]).toEqual([["before"], []]);
  });

  test(`takes a Pong that answers nothing`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 10, payload: "unsolicited" }, { opcode: 1, payload: "after" });
    expect(await pair.engine.nextMessage()).toBe("after");
    expect(pair.engine.errors).toEqual([]);
  });
});

test("[6455-5.5.1-2 client] a client writes a close reason nowhere but into the close event", async () => {
  const outputs = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
  await using pair = await openPair("client");
  pair.peer.sendClose(1008, "not for end users");
  await pair.peer.readClose();
  pair.peer.end();
  expect((await pair.engine.closed).reason).toBe("not for end users");
  const written = outputs.flatMap((output) => output.mock.calls.map(([chunk]) => String(chunk)));
  for (const output of outputs) output.mockRestore();
  expect(written.join("")).not.toContain("not for end users");
});

test("[6455-5.5.1-7 server] a server closes the TCP connection at once, without waiting for its client to", async () => {
  await using pair = await openPair("server", { options: { closeTimeout: 60_000 } });
  pair.peer.sendClose(1000);
  await pair.peer.readClose();
  await pair.peer.ended;
  expect(pair.peer.stream.socket.writableEnded).toBe(false);
});
