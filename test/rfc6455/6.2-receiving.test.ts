import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";

describe.each(roles)("a %s", (role) => {
  test(`[6455-6.2-1 ${role}] parses frames however the network cuts them`, async () => {
    await using pair = await openPair(role);
    const bytes = Buffer.concat([
      pair.peer.encode({ opcode: 1, payload: "first" }),
      pair.peer.encode({ opcode: 2, payload: Buffer.alloc(300, 7) }),
      pair.peer.encode({ opcode: 1, payload: "last" }),
    ]);
    // One byte a segment; waiting for each to be written keeps them apart.
    for (const byte of bytes)
      await new Promise((resolve) => pair.peer.stream.socket.write(Uint8Array.of(byte), resolve));
    expect(await pair.engine.nextMessages(3)).toEqual(["first", Buffer.alloc(300, 7), "last"]);
  });

  test(`[6455-6.2-1 ${role}] parses many frames out of one segment`, async () => {
    await using pair = await openPair(role);
    const texts = Array.from({ length: 2000 }, (_, i) => `message ${i}`);
    pair.peer.send(...texts.map((payload) => ({ opcode: 1, payload })));
    expect(await pair.engine.nextMessages(2000)).toEqual(texts);
  });

  test(`[6455-6.2-2 ${role}] handles control frames among data frames`, async () => {
    await using pair = await openPair(role);
    pair.peer.send(
      { opcode: 1, payload: "data" },
      { opcode: 9, payload: "ping" },
      { opcode: 10, payload: "pong" },
      { opcode: 8 },
    );
    expect((await pair.peer.readFrames(2)).map(({ opcode }) => opcode)).toEqual([10, 8]);
    pair.peer.end();
    expect(await pair.engine.closed).toMatchObject({ code: 1005, wasClean: true });
    expect(pair.engine.messages).toEqual(["data"]);
    expect([pair.engine.pings.map(String), pair.engine.pongs.map(String)]).toEqual([["ping"], ["pong"]]);
  });

  test(`[6455-6.2-3 ${role}] tells text from binary by the opcode of the first frame`, async () => {
    await using pair = await openPair(role);
    pair.peer.send(
      { opcode: 1, payload: "same" },
      { opcode: 2, payload: "same" },
      { opcode: 2, payload: "sa", fin: false },
      { opcode: 0, payload: "me" },
      { opcode: 1, payload: "sa", fin: false },
      { opcode: 0, payload: "me" },
    );
    const bytes = Buffer.from("same");
    expect(await pair.engine.nextMessages(4)).toEqual(["same", bytes, bytes, "same"]);
  });

  test(`[6455-6.2-4 ${role}] begins a new message after the last frame of one`, async () => {
    await using pair = await openPair(role);
    pair.peer.send(
      { opcode: 1, payload: "a", fin: false },
      { opcode: 0, payload: "b" },
      { opcode: 1, payload: "c" },
      { opcode: 2, fin: false },
      { opcode: 0 },
      { opcode: 1, payload: "d" },
    );
    expect(await pair.engine.nextMessages(4)).toEqual(["ab", "c", Buffer.alloc(0), "d"]);
  });
});

test.each([0, 1, 2, 3, 4, 5, 47, 48, 49, 399, 400, 401, 1000, 65_536])(
  "[6455-6.2-5 server] a server removes the mask from %i bytes",
  async (length) => {
    await using pair = await openPair("server");
    const payload = Buffer.from(Array.from({ length }, (_, i) => (i * 31) % 256));
    pair.peer.send({ opcode: 2, payload, mask: Uint8Array.of(0x37, 0xfa, 0x21, 0x3d) });
    expect(payload.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
  },
);

test("[6455-6.2-5 server] a server reads the RFC's example of a masked text", async () => {
  await using pair = await openPair("server");
  pair.peer.write(Buffer.from("818537fa213d7f9f4d5158", "hex"));
  expect(await pair.engine.nextMessage()).toBe("Hello");
});
