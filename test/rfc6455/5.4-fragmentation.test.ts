import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

describe.each(roles)("a %s", (role) => {
  test(`[6455-5.4-1 ${role}] [6455-5.4-3 ${role}] [6455-5.4-6 ${role}] joins fragments in order, wherever a message is cut`, async () => {
    await using pair = await openPair(role);
    const text = "Frames have no meaning of their own: \u00e4\u{1f6a1}.";
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at++) {
      pair.peer.send(
        { opcode: 1, fin: false, payload: bytes.subarray(0, at) },
        { opcode: 0, fin: false },
        { opcode: 0, payload: bytes.subarray(at) },
      );
    }
    const messages = await pair.engine.nextMessages(bytes.length + 1);
    expect(new Set(messages)).toEqual(new Set([text]));
  });

  test(`[6455-5.4-6 ${role}] takes a message of one frame, of two, and of a frame for each byte`, async () => {
    await using pair = await openPair(role);
    const bytes = Buffer.from("0123456789");
    pair.peer.send({ opcode: 2, payload: bytes });
    pair.peer.send(
      { opcode: 2, payload: bytes.subarray(0, 4), fin: false },
      { opcode: 0, payload: bytes.subarray(4) },
    );
    for (let i = 0; i < 10; i++)
      pair.peer.send({ opcode: i === 0 ? 2 : 0, payload: bytes.subarray(i, i + 1), fin: i === 9 });
    expect(await pair.engine.nextMessages(3)).toEqual([bytes, bytes, bytes]);
  });

  test.each([8, 9, 10])(
    `[6455-5.4-2 ${role}] [6455-5.5-2 ${role}] fails on a control frame (opcode %i) with its FIN bit clear`,
    async (opcode) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode, fin: false });
      await expectFailure(pair, 1002, "WS_CONTROL_FRAGMENTED");
    },
  );

  test(`[6455-5.4-2 ${role}] [6455-5.5-2 ${role}] sends control frames whole`, async () => {
    await using pair = await openPair(role);
    const longest = "x".repeat(125);
    pair.engine.connection.ping(longest);
    pair.peer.send({ opcode: 9, payload: longest });
    const frames = await pair.peer.readFrames(2);
    pair.engine.connection.close(1000, "y".repeat(123));
    frames.push(await pair.peer.readFrame());
    expect(frames.map(({ fin, payload }) => [fin, payload.length])).toEqual([
      [true, 125],
      [true, 125],
      [true, 125],
    ]);
  });

  test.each([1, 2])(
    `[6455-5.4-4 ${role}] [6455-5.4-11 ${role}] fails when a new message (opcode %i) begins inside another`,
    async (opcode) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 1, fin: false, payload: "one" }, { opcode, payload: "two" });
      await expectFailure(pair, 1002, "WS_EXPECTED_CONTINUATION");
      expect(pair.engine.messages).toEqual([]);
    },
  );

  test(`[6455-5.4-4 ${role}] never begins a message inside another`, async () => {
    await using pair = await openPair(role);
    const large = Buffer.alloc(3_000_000, "large");
    pair.engine.connection.send(large);
    pair.engine.connection.send("small");
    pair.engine.connection.send(large);
    let isInside = false;
    for (let ends = 0; ends < 3; ) {
      const { opcode, fin } = await pair.peer.readFrame();
      expect(opcode === 0).toBe(isInside);
      isInside = !fin;
      ends += fin ? 1 : 0;
    }
  });

  test(`[6455-5.4-5 ${role}] handles control frames between the fragments of a message`, async () => {
    await using pair = await openPair(role);
    pair.peer.send(
      { opcode: 1, fin: false, payload: "Hel" },
      { opcode: 9, payload: "inside" },
      { opcode: 10, payload: "unsolicited" },
      { opcode: 0, payload: "lo" },
    );
    const pong = await pair.peer.readFrame();
    expect([pong.opcode, pong.payload.toString()]).toEqual([10, "inside"]);
    expect(await pair.engine.nextMessage()).toBe("Hello");
  });

  test(`[6455-5.4-5 ${role}] closes when a Close frame comes between the fragments of a message`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 1, fin: false, payload: "never" });
    pair.peer.sendClose(1000);
    expect(await pair.peer.readClose()).toEqual({ code: 1000, reason: "" });
    pair.peer.end();
    expect(await pair.engine.closed).toMatchObject({ code: 1000, wasClean: true });
    expect(pair.engine.messages).toEqual([]);
  });

  test.each([true, false])(
    `[6455-5.4-11 ${role}] fails on a continuation frame without a message, FIN %s`,
    async (fin) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 0, fin, payload: "x" });
      await expectFailure(pair, 1002, "WS_UNEXPECTED_CONTINUATION");
    },
  );

  test(`[6455-5.4-11 ${role}] fails on a continuation frame after the last fragment`, async () => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 1, fin: false }, { opcode: 0 }, { opcode: 0 });
    await expectFailure(pair, 1002, "WS_UNEXPECTED_CONTINUATION");
  });
});
