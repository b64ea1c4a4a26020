import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

const compressible = "a".repeat(10_000);

describe.each(roles)("a %s", (role) => {
  test(`[6455-5.8-1 ${role}] takes no compressed message where the extension was not agreed in the handshake`, async () => {
    // Our end would compress; the peer does not offer it, or passes over our offer.
    await using pair = await openPair(role, { options: { perMessageDeflate: { threshold: 0 } } });
    expect(pair.engine.connection.extensions).toBe("");
    pair.peer.send({ opcode: 1, rsv: 4, payload: Buffer.from("f248cdc9c90700", "hex") });
    await expectFailure(pair, 1002, "WS_RESERVED_BITS");
  });

  test(`[6455-5.8-1 ${role}] sends no compressed message where the extension was not agreed in the handshake`, async () => {
    await using pair = await openPair(role, { options: { perMessageDeflate: { threshold: 0 } } });
    pair.engine.connection.send(compressible);
    const frame = await pair.peer.readFrame();
    expect([frame.rsv, frame.payload.toString()]).toEqual([0, compressible]);
  });
});
