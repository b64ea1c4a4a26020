import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

describe.each(roles)("a %s", (role) => {
  test(`[6455-5.2-1 ${role}] [6455-5.2-8 ${role}] [6455-5.2-9 ${role}] [6455-5.2-10 ${role}] sends every frame with its reserved bits clear`, async () => {
    await using pair = await openPair(role);
    const { connection } = pair.engine;
    connection.send("text");
    connection.send(new Uint8Array(1000));
    connection.ping();
    pair.peer.send({ opcode: 9 });
    const frames = await pair.peer.readFrames(4);
    connection.close();
    frames.push(await pair.peer.readFrame());
    for (const { rsv } of frames) expect(rsv).toBe(0);
  });

  const reservedBits = [
    { bit: "RSV1", rsv: 4, row: 8 },
    { bit: "RSV2", rsv: 2, row: 9 },
    { bit: "RSV3", rsv: 1, row: 10 },
  ];

  for (const { bit, rsv, row } of reservedBits) {
    test.each([1, 2, 8, 9, 10])(
      `[6455-5.2-2 ${role}] [6455-5.2-${row} ${role}] fails on ${bit} in a frame with opcode %i`,
      async (opcode) => {
        await using pair = await openPair(role);
        pair.peer.send({ opcode, rsv });
        await expectFailure(pair, 1002, "WS_RESERVED_BITS");
      },
    );
  }

  test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])(
    `[6455-5.2-3 ${role}] fails on the reserved opcode %i`,
    async (opcode) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode, payload: "x" });
      await expectFailure(pair, 1002, "WS_RESERVED_OPCODE");
    },
  );

  test.each([2n ** 63n, 2n ** 63n + 5n, 2n ** 64n - 1n])(
    `[6455-5.2-4 ${role}] fails on a 64-bit length with its highest bit set: %s`,
    async (declaredLength) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 2, lengthBits: 64, declaredLength });
      await expectFailure(pair, 1002, "WS_LENGTH_OUT_OF_RANGE");
    },
  );

  test.each<[length: number, lengthBits: 16 | 64]>([
    [0, 16],
    [125, 16],
    [0, 64],
    [125, 64],
    [126, 64],
    [65_535, 64],
  ])(`[6455-5.2-5 ${role}] fails on a length of %i in %i bits`, async (length, lengthBits) => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 2, payload: new Uint8Array(length), lengthBits });
    await expectFailure(pair, 1002, "WS_LENGTH_NOT_MINIMAL");
  });

  test.each<[length: number, lengthBits: number]>([
    [0, 7],
    [125, 7],
    [126, 16],
    [65_535, 16],
    [65_536, 64],
    [200_000, 64],
  ])(
    `[6455-5.2-4 ${role}] [6455-5.2-5 ${role}] sends and takes a payload of %i bytes with its length in %i bits`,
    async (length, lengthBits) => {
      await using pair = await openPair(role);
      const payload = Buffer.alloc(length, "abcdefg");
      pair.engine.connection.send(payload);
      const frame = await pair.peer.readFrame();
      expect(frame.lengthBits).toBe(lengthBits);
      expect(frame.payload.equals(payload)).toBe(true);
      pair.peer.send({ opcode: 2, payload });
      expect(payload.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
    },
  );
});
