import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";
import { RawServer } from "../raw-peer/raw-server.ts";

/** Reads one message of the engine, whatever frames it is made of. */
async function readMessage({ peer }: Pair): Promise<{ opcode: number; data: Buffer; finals: number }> {
  const first = await peer.readFrame();
  const parts = [first];
  while (!parts.at(-1)!.fin) parts.push(await peer.readFrame());
  expect(parts.slice(1).every(({ opcode }) => opcode === 0)).toBe(true);
  const data = Buffer.concat(parts.map(({ payload }) => payload));
  return { opcode: first.opcode, data, finals: parts.filter(({ fin }) => fin).length };
}

const large = Buffer.alloc(1_000_000, "0123456789");
const small = new Uint8Array([9, 1, 2, 3, 9]);

const messages: [
  what: string,
  data: string | ArrayBuffer | ArrayBufferView,
  opcode: number,
  bytes: Buffer,
][] = [
  ["a string", "Hello \u00e4\u{1f6a1}", 1, Buffer.from("Hello \u00e4\u{1f6a1}")],
  ["an empty string", "", 1, Buffer.alloc(0)],
  ["a Buffer", Buffer.from([0, 128, 255]), 2, Buffer.from([0, 128, 255])],
  ["no bytes", new Uint8Array(0), 2, Buffer.alloc(0)],
  ["an ArrayBuffer", Uint8Array.from([1, 2]).buffer, 2, Buffer.from([1, 2])],
  ["part of a buffer", small.subarray(1, 4), 2, Buffer.from([1, 2, 3])],
  ["a DataView", new DataView(small.buffer, 1, 3), 2, Buffer.from([1, 2, 3])],
  ["words", Uint16Array.of(0x0101, 0x0202), 2, Buffer.from([1, 1, 2, 2])],
  ["a megabyte", large, 2, large],
];

describe.each(roles)("a %s", (role) => {
  test.each(messages)(
    `[6455-6.1-1 ${role}] [6455-6.1-4 ${role}] [6455-6.1-5 ${role}] [6455-6.1-6 ${role}] [6455-6.1-8 ${role}] sends %s`,
    async (_what, data, opcode, bytes) => {
      await using pair = await openPair(role);
      pair.engine.connection.send(data);
      const message = await readMessage(pair);
      expect([message.opcode, message.finals]).toEqual([opcode, 1]);
      expect(message.data.equals(bytes)).toBe(true);
    },
  );

  test(`[6455-6.1-8 ${role}] [6455-6.1-1 ${role}] transmits all that it took, in order`, async () => {
    await using pair = await openPair(role);
    const sizes = Array.from({ length: 300 }, (_, i) => (i * 7919) % 70_000);
    for (const size of sizes) pair.engine.connection.send(Buffer.alloc(size, size % 251));
    for (const size of sizes) {
      const { data } = await readMessage(pair);
      expect(data.equals(Buffer.alloc(size, size % 251))).toBe(true);
    }
  });

  test(`[6455-6.1-2 ${role}] sends nothing once the connection is closing or closed`, async () => {
    await using pair = await openPair(role);
    const { connection } = pair.engine;
    connection.close(1000);
    connection.send("closing");
    expect(connection.bufferedAmount).toBeGreaterThanOrEqual("closing".length);
    expect((await pair.peer.readFrame()).opcode).toBe(8);
    pair.peer.sendClose(1000);
    pair.peer.end();
    await pair.engine.closed;
    expect(() => connection.send("closed")).not.toThrow();
    expect(await pair.peer.stream.rest()).toHaveLength(0);
  });

  test(`[6455-6.1-3 ${role}] abandons what still waits to be sent when the connection fails`, async () => {
    await using pair = await openPair(role, { options: { bufferedBytesMax: 64 * 1024 * 1024 } });
    const { peer, engine } = pair;
    peer.stream.socket.pause();
    const count = 48;
    for (let i = 0; i < count; i++) engine.connection.send(large);
    peer.send({ opcode: 3 });
    await expect.poll(() => engine.errors.length, { timeout: 5000, interval: 5 }).toBe(1);
    peer.stream.socket.resume();
    let received = 0;
    let frame = await peer.readFrame();
    for (; frame.opcode !== 8; frame = await peer.readFrame()) received++;
    expect(frame.payload.readUInt16BE()).toBe(1002);
    expect(received).toBeLessThan(count);
    expect(await peer.stream.rest()).toHaveLength(0);
  });

  test(`[6455-6.1-3 ${role}] abandons what still waits to be sent when it is terminated`, async () => {
    await using pair = await openPair(role, { options: { bufferedBytesMax: 64 * 1024 * 1024 } });
    const { peer, engine } = pair;
    peer.stream.socket.pause();
    for (let i = 0; i < 48; i++) engine.connection.send(large);
    engine.connection.terminate();
    peer.stream.socket.resume();
    expect((await peer.stream.rest()).length).toBeLessThan(48 * large.length);
    expect((await engine.closed).code).toBe(1006);
  });
});

test("[6455-6.1-2 client] a client refuses to send while it is connecting", async () => {
  await using server = await RawServer.listen();
  const socket = new WebSocket(server.url());
  socket.onerror = () => {};
  expect(() => socket.send("early")).toThrow(
    expect.objectContaining({ name: "InvalidStateError", constructor: DOMException }),
  );
});
