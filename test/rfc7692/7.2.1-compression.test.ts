import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../raw-peer/deflate.ts";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";
import { noTakeover, openDeflatePair } from "./deflate-pair.ts";

/** Sends a message from the engine and returns the compressed payload that arrives. */
async function sent(pair: Pair, data: Buffer): Promise<Buffer> {
  pair.engine.connection.send(data);
  const parts = [await pair.peer.readFrame()];
  while (!parts.at(-1)!.fin) parts.push(await pair.peer.readFrame());
  expect(parts[0]!.rsv).toBe(4);
  return Buffer.concat(parts.map(({ payload }) => payload));
}

/** Random bytes twice over: the second half compresses only by references as far back as `distance`. */
function repeatAt(distance: number): Buffer {
  const half = randomBytes(distance);
  return Buffer.concat([half, half.subarray(0, 2000)]);
}

describe.each(roles)("a %s", (role) => {
  test(`[7692-7.2.1-1 ${role}] takes the RFC's message of a final DEFLATE block, padded to a byte`, async () => {
    await using pair = await openDeflatePair(role);
    pair.peer.send({ opcode: 1, rsv: 4, payload: Buffer.from("f348cdc9c9070000", "hex") });
    pair.peer.send({ opcode: 1, rsv: 4, payload: Buffer.from("f348cdc9c9070000", "hex") });
    expect(await pair.engine.nextMessages(2)).toEqual(["Hello", "Hello"]);
  });

  test(`[7692-7.2.1-1 ${role}] sends what inflates whole, with nothing between or after its blocks`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    for (const data of [
      Buffer.from("Hello"),
      Buffer.from("a"),
      Buffer.alloc(0),
      Buffer.alloc(100_000, "abc"),
      randomBytes(70_000),
    ])
      expect(inflate(await sent(pair, data)).equals(data)).toBe(true);
  });

  test(`[7692-7.2.1-2 ${role}] removes the tail from the end of a message`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    const payload = await sent(pair, Buffer.from("some text, some text"));
    expect(payload.subarray(-4)).not.toEqual(Buffer.from([0, 0, 0xff, 0xff]));
    expect(inflate(payload).toString()).toBe("some text, some text");
  });

  test(`[7692-7.2.1-2 ${role}] takes a message whose first fragment ends with a tail that is not the message's`, async () => {
    await using pair = await openDeflatePair(role);
    const [first, second] = [
      Buffer.from("f248050000 00ffff".replace(" ", ""), "hex"),
      Buffer.from("cac9c90700", "hex"),
    ];
    pair.peer.send({ opcode: 1, rsv: 4, fin: false, payload: first }, { opcode: 0, payload: second });
    expect(await pair.engine.nextMessage()).toBe("Hello");
  });

  test.each<[what: string, bytes: string]>([
    ["one compressed block", "f248cdc9c90700"],
    ["a stored block", "000500faff48656c6c6f00"],
    ["two blocks", "f248050000 00ffffcac9c90700"],
  ])(`takes the RFC's message of %s`, async (_what, bytes) => {
    await using pair = await openDeflatePair(role);
    pair.peer.send({ opcode: 1, rsv: 4, payload: Buffer.from(bytes.replace(" ", ""), "hex") });
    expect(await pair.engine.nextMessage()).toBe("Hello");
  });

  test(`takes an empty compressed message, and one whose last fragment is empty`, async () => {
    await using pair = await openDeflatePair(role);
    pair.peer.send({ opcode: 1, rsv: 4, payload: Uint8Array.of(0) });
    const hello = Buffer.from("f248cdc9c907000000ffff", "hex");
    pair.peer.send(
      { opcode: 1, rsv: 4, payload: hello, fin: false },
      { opcode: 0, payload: Uint8Array.of(0) },
    );
    expect(await pair.engine.nextMessages(2)).toEqual(["", "Hello"]);
  });

  test(`[7692-7.2.1-3 ${role}] refers back no further than 32,768 bytes`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    for (const distance of [30_000, 32_768, 33_000, 60_000]) {
      const data = repeatAt(distance);
      expect(inflate(await sent(pair, data)).equals(data)).toBe(true);
    }
  });

  const ourTakeover = `${role}_no_context_takeover`;

  test(`[7692-7.2.1-${role === "client" ? 4 : 5} ${role}] with ${ourTakeover}, compresses each message by itself`, async () => {
    await using pair = await openDeflatePair(role, [ourTakeover]);
    const data = randomBytes(500);
    const first = await sent(pair, data);
    expect((await sent(pair, data)).length).toBeGreaterThan(500);
    expect(inflate(first).equals(data)).toBe(true);
    expect(inflate(await sent(pair, data)).equals(data)).toBe(true);
  });

  test(`without ${ourTakeover}, what it sends inflates with the window of the messages before`, async () => {
    await using pair = await openDeflatePair(role);
    const data = randomBytes(500);
    expect(inflate(await sent(pair, data)).equals(data)).toBe(true);
    const second = await sent(pair, data);
    expect(second.length).toBeLessThan(100);
    expect(inflate(second, { history: data }).equals(data)).toBe(true);
  });

  const ourBits = `${role}_max_window_bits`;
  const bitsRow = role === "client" ? 6 : 7;

  test.each([9, 10, 11, 14])(
    `[7692-7.2.1-${bitsRow} ${role}] with ${ourBits}=%i, keeps to that window`,
    async (bits) => {
      await using pair = await openDeflatePair(role, [`${ourBits}=${bits}`, ...noTakeover]);
      expect(pair.engine.connection.extensions).toContain(`${ourBits}=${bits}`);
      for (const distance of [200, 2 ** bits - 300, 2 ** bits, 2 ** bits + 300, 2 * 2 ** bits]) {
        const data = repeatAt(distance);
        expect(inflate(await sent(pair, data), { windowBits: bits }).equals(data)).toBe(true);
      }
    },
  );

  test(`[7692-7.2.1-${bitsRow} ${role}] with ${ourBits}=10, keeps to it across messages`, async () => {
    await using pair = await openDeflatePair(role, [`${ourBits}=10`]);
    const [a, b] = [randomBytes(600), randomBytes(600)];
    let history = Buffer.alloc(0);
    for (const data of [a, b, a, Buffer.concat([b, a])]) {
      const payload = await sent(pair, data);
      const window = { windowBits: 10, history: history.subarray(-1024) };
      expect(inflate(payload, history.length === 0 ? { windowBits: 10 } : window).equals(data)).toBe(true);
      history = Buffer.concat([history, data]);
    }
  });
});

test("[7692-5-13 server] a server that accepts limits to its compression keeps to them", async () => {
  const offer = ["server_no_context_takeover", "server_max_window_bits=9"];
  await using pair = await openDeflatePair("server", offer, { serverMaxWindowBits: 15 });
  for (let i = 0; i < 2; i++) {
    const data = repeatAt(700);
    expect(inflate(await sent(pair, data), { windowBits: 9 }).equals(data)).toBe(true);
  }
});

test("the peer's inflater does tell a reference that is too far back", () => {
  const data = repeatAt(2000);
  expect(() => inflate(deflate(data), { windowBits: 10 })).toThrow("too far back");
  expect(inflate(deflate(data, { windowBits: 10 }), { windowBits: 10 }).equals(data)).toBe(true);
});

test("[7692-7.2.1-6 client] a client that cannot keep to a window of 8 bits sends what needs no window at all", async () => {
  await using pair = await openPair("client", {
    options: { perMessageDeflate: { threshold: 0 } },
    extensions: "permessage-deflate; client_max_window_bits=8",
  });
  const data = repeatAt(300);
  pair.engine.connection.send(data);
  const frame = await pair.peer.readFrame();
  if (frame.rsv === 0) expect(frame.payload.equals(data)).toBe(true);
  else expect(inflate(frame.payload, { windowBits: 8 }).equals(data)).toBe(true);
});
