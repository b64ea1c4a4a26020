import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../raw-peer/deflate.ts";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { openDeflatePair } from "./deflate-pair.ts";
import { parametersOf, responseTo } from "./negotiation.ts";

describe.each(roles)("a %s", (role) => {
  const theirs = role === "client" ? "server" : "client";
  const takeoverRow = role === "client" ? 1 : 2;
  const windowRow = role === "client" ? 4 : 5;

  test(`[7692-7.2.2-${takeoverRow} ${role}] without ${theirs}_no_context_takeover, inflates with the window of the message before`, async () => {
    await using pair = await openDeflatePair(role);
    expect(pair.engine.connection.extensions).toBe("permessage-deflate");
    pair.peer.send(
      { opcode: 1, rsv: 4, payload: Buffer.from("f248cdc9c90700", "hex") },
      { opcode: 1, payload: "not compressed, so not in the window" },
      { opcode: 1, rsv: 4, payload: Buffer.from("f200110000", "hex") },
    );
    expect(await pair.engine.nextMessages(3)).toEqual([
      "Hello",
      "not compressed, so not in the window",
      "Hello",
    ]);
  });

  test(`[7692-7.2.2-${takeoverRow} ${role}] keeps the window over many messages`, async () => {
    await using pair = await openDeflatePair(role);
    const messages = Array.from({ length: 40 }, (_, i) => randomBytes(1000 + i));
    let history = Buffer.alloc(0);
    for (const data of [...messages, ...messages]) {
      const payload = deflate(data, history.length === 0 ? {} : { history: history.subarray(-32_768) });
      pair.peer.send({ opcode: 2, rsv: 4, payload });
      expect(data.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
      history = Buffer.concat([history, data]);
    }
  });

  test(`with ${theirs}_no_context_takeover, takes messages that stand for themselves`, async () => {
    await using pair = await openDeflatePair(role, [`${theirs}_no_context_takeover`]);
    const payload = Buffer.from("f248cdc9c90700", "hex");
    pair.peer.send({ opcode: 1, rsv: 4, payload }, { opcode: 1, rsv: 4, payload });
    expect(await pair.engine.nextMessages(2)).toEqual(["Hello", "Hello"]);
  });

  test(`[7692-7.2.2-${windowRow} ${role}] without ${theirs}_max_window_bits, inflates references 32,000 bytes back`, async () => {
    await using pair = await openDeflatePair(role);
    const far = randomBytes(32_000);
    const data = Buffer.concat([far, far.subarray(0, 200)]);
    pair.peer.send({ opcode: 2, rsv: 4, payload: deflate(data) });
    expect(data.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
    const again = data.subarray(300, 600);
    const payload = deflate(again, { history: data });
    expect(payload.length).toBeLessThan(100);
    pair.peer.send({ opcode: 2, rsv: 4, payload });
    expect(again.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
  });

  test.each([8, 9, 12, 15])(
    `with ${theirs}_max_window_bits=%i, inflates what keeps to that window`,
    async (bits) => {
      await using pair = await openDeflatePair(role, [`${theirs}_max_window_bits=${bits}`]);
      const near = randomBytes(150);
      const data = Buffer.concat([near, near, near]);
      pair.peer.send({ opcode: 2, rsv: 4, payload: deflate(data, { windowBits: Math.max(bits, 9) }) });
      expect(data.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
    },
  );
});

test("[7692-7.2.2-3 server] a server always agrees to client_no_context_takeover where it is offered, so that no window is taken over by surprise", async () => {
  for (const clientNoContextTakeover of [true, false, undefined]) {
    const chosen = await responseTo("permessage-deflate; client_no_context_takeover", {
      clientNoContextTakeover,
    });
    expect(parametersOf(chosen).get("client_no_context_takeover")).toBe(true);
  }
});

test.each([9, 12, 14])(
  "[7692-7.2.2-6 client] a client that offered a window of 10 bits keeps to the %i bits that were agreed",
  async (agreed) => {
    const perMessageDeflate = { threshold: 0, clientMaxWindowBits: 10 };
    const extensions = `permessage-deflate; client_no_context_takeover; client_max_window_bits=${agreed}`;
    await using pair = await openPair("client", { options: { perMessageDeflate }, extensions });
    expect(parametersOf(pair.handshake.field("sec-websocket-extensions")).get("client_max_window_bits")).toBe(
      "10",
    );
    const half = randomBytes(3000);
    const data = Buffer.concat([half, half]);
    pair.engine.connection.send(data);
    const { payload } = await pair.peer.readFrame();
    expect(inflate(payload, { windowBits: agreed }).equals(data)).toBe(true);
  },
);
