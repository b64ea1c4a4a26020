import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

describe.each(roles)("a %s with maxPayload 1000", (role) => {
  const options = { maxPayload: 1000, maxFragments: 50 };

  test(`takes a message of 1000 bytes, in one frame or many`, async () => {
    await using pair = await openPair(role, { options });
    pair.peer.send({ opcode: 2, payload: Buffer.alloc(1000) });
    pair.peer.send(
      { opcode: 2, payload: Buffer.alloc(500), fin: false },
      { opcode: 0, payload: Buffer.alloc(500) },
    );
    expect(await pair.engine.nextMessages(2)).toEqual([Buffer.alloc(1000), Buffer.alloc(1000)]);
  });

  test.each([1001n, 2n ** 20n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 60n, 2n ** 63n - 1n])(
    `[6455-10.4-1 ${role}] fails on a frame of %s bytes by its length, before they come`,
    async (declaredLength) => {
      await using pair = await openPair(role, { options });
      pair.peer.send({ opcode: 2, declaredLength });
      await expectFailure(pair, 1009, "WS_MESSAGE_TOO_LARGE");
    },
  );

  test(`[6455-10.4-1 ${role}] fails on the fragment with which a message passes its limit`, async () => {
    await using pair = await openPair(role, { options });
    pair.peer.send(
      { opcode: 1, payload: "x".repeat(1000), fin: false },
      { opcode: 0, payload: "x", fin: false },
    );
    await expectFailure(pair, 1009, "WS_MESSAGE_TOO_LARGE");
  });

  test(`[6455-10.4-1 ${role}] fails on more fragments than maxFragments`, async () => {
    await using pair = await openPair(role, { options });
    for (let i = 0; i < 51; i++) pair.peer.send({ opcode: i === 0 ? 2 : 0, fin: false });
    await expectFailure(pair, 1008, "WS_TOO_MANY_FRAGMENTS");
  });
});
