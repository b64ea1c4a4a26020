import { describe, expect, test } from "vitest";
import { opcodes } from "../../test/raw-peer/frame.ts";
import { formatHead, responseFields } from "../../test/raw-peer/http-head.ts";
import { openPair, roles } from "../../test/raw-peer/open-pair.ts";
import { RawServer } from "../../test/raw-peer/raw-server.ts";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { openLine } from "../../test/websocket/line.ts";
import { type SendData, WebSocket } from "./index.ts";

const memory = Uint8Array.from({ length: 8 }, (_, i) => i).buffer;

describe("what is sent", () => {
  test.each<[string, unknown, number, number[] | string]>([
    ["text", "Grüße", 1, "Grüße"],
    ["an empty text", "", 1, ""],
    ["a surrogate without its pair, as U+FFFD", "\ud83d!\udc00", 1, "\ufffd!\ufffd"],
    ["a number, as text", 4711, 1, "4711"],
    ["an object, as text", { toString: () => "of its own" }, 1, "of its own"],
    ["undefined, as text", undefined, 1, "undefined"],
    ["an ArrayBuffer", memory.slice(0, 2), 2, [0, 1]],
    ["a view with an offset", new Uint16Array(memory, 2, 2), 2, [2, 3, 4, 5]],
    ["a DataView", new DataView(memory, 7), 2, [7]],
    ["an empty view", new Uint8Array(0), 2, []],
    ["a Blob", new Blob(["ab"]), 2, [0x61, 0x62]],
    ["an empty Blob", new Blob([]), 2, []],
  ])("%s", async (_name, data, opcode, expected) => {
    for (const role of roles) {
      await using pair = await openPair(role);
      pair.engine.connection.send(data as SendData);
      const frame = await pair.peer.readFrame();
      expect(frame).toMatchObject({ opcode, fin: true, rsv: 0 });
      expect(typeof expected === "string" ? frame.payload.toString() : [...frame.payload]).toEqual(expected);
    }
  });

  test.each([new SharedArrayBuffer(2), new Uint8Array(new SharedArrayBuffer(2)), Symbol("s")])(
    "%o is a TypeError, and nothing is sent",
    async (data) => {
      await using line = await openLine();
      expect(() => line.client.send(data as never)).toThrow(TypeError);
      expect(() => (line.client.send as () => void)()).toThrow(TypeError);
      expect(line.client.bufferedAmount).toBe(0);
    },
  );

  test.each(roles)(
    "by a %s is counted in bufferedAmount at once, in bytes of UTF-8, until it has left",
    async (role) => {
      await using pair = await openPair(role);
      const socket = pair.engine.connection;
      socket.send("€");
      socket.send(new Uint8Array(100_000));
      expect(socket.bufferedAmount).toBe(100_003);
      await hear(socket, "drain");
      expect(socket.bufferedAmount).toBe(0);
    },
  );

  test.each([3, 16_384, 16_385, 200_000])(
    "by a client is as it was, though the %d bytes change after",
    async (size) => {
      await using line = await openLine();
      const heard = hear(line.socket, "message");
      const bytes = Buffer.alloc(size, "a");
      line.client.send(bytes);
      bytes.fill("b");
      expect((await heard).data).toEqual(Buffer.alloc(size, "a"));
    },
  );

  test("by a server, up to 16 KiB, too", async () => {
    await using line = await openLine();
    const heard = hear(line.client, "message");
    const bytes = Buffer.alloc(16_384, "a");
    line.socket.send(bytes);
    bytes.fill("b");
    expect(Buffer.from((await heard).data as ArrayBuffer)).toEqual(Buffer.alloc(16_384, "a"));
  });

  test.each(roles)("in one turn by a %s leaves in order", async (role) => {
    await using line = await openLine();
    const [from, to] = role === "client" ? [line.client, line.socket] : [line.socket, line.client];
    const texts = Array.from({ length: 500 }, (_, i) => `${i} ${"x".repeat((i * 97) % 20_000)}`);
    const heard = hearMessages(to, texts.length);
    for (const [i, text] of texts.entries()) from.send(i % 2 === 0 ? text : Buffer.from(text));
    expect(await heard).toEqual(texts);
  });
});

describe("binaryType", () => {
  test("is blob on a client and nodebuffer on a server, and can be changed at any time", async () => {
    await using line = await openLine();
    line.client.binaryType = "blob";
    const kinds: string[] = [];
    const done = new Promise<void>((resolve) => {
      line.client.onmessage = ({ data }) => {
        kinds.push(Object.prototype.toString.call(data));
        if (kinds.length === 3) resolve();
        line.client.binaryType = kinds.length === 1 ? "arraybuffer" : "nodebuffer";
      };
    });
    for (let i = 0; i < 3; i++) line.socket.send(Buffer.from("data"));
    await done;
    expect(kinds).toEqual(["[object Blob]", "[object ArrayBuffer]", "[object Uint8Array]"]);
    expect(line.socket.binaryType).toBe("nodebuffer");
  });

  test("counts when the message is delivered, not when it came", async () => {
    await using line = await openLine();
    line.socket.pause();
    const heard = hear(line.socket, "message");
    line.client.send(new Uint8Array([1, 2]));
    line.client.ping();
    await hear(line.client, "pong");
    line.socket.binaryType = "arraybuffer";
    line.socket.resume();
    expect((await heard).data).toEqual(Uint8Array.from([1, 2]).buffer);
  });

  test("ignores other values", async () => {
    await using line = await openLine();
    for (const value of ["notBlobOrArrayBuffer", "", "Blob", null, undefined, 1]) {
      line.client.binaryType = value as "blob";
      expect(line.client.binaryType).toBe("arraybuffer");
    }
  });

  test("a Blob and an ArrayBuffer have the message's bytes, and no more", async () => {
    await using line = await openLine();
    line.client.binaryType = "blob";
    const blob = hear(line.client, "message");
    line.socket.send(Buffer.from("data"));
    const { data } = await blob;
    expect([(data as Blob).size, await (data as Blob).text()]).toEqual([4, "data"]);
    line.client.binaryType = "arraybuffer";
    const buffer = hear(line.client, "message");
    line.socket.send(Buffer.from("data"));
    expect(((await buffer).data as ArrayBuffer).byteLength).toBe(4);
  });

  test("data is the listener's to keep: later messages do not change it", async () => {
    await using pair = await openPair("server");
    const socket = pair.engine.connection;
    socket.binaryType = "nodebuffer";
    const kept: Buffer[] = [];
    socket.onmessage = ({ data }) => void kept.push(data as Buffer);
    for (let i = 0; i < 5; i++)
      pair.peer.send({ opcode: opcodes.binary, payload: Buffer.alloc(2000, `${i}`) });
    pair.peer.sendText("end");
    await hear(socket, "message");
    while (kept.length < 6) await hear(socket, "message");
    expect(kept.slice(0, 5).map((buffer) => buffer.toString())).toEqual(
      ["0", "1", "2", "3", "4"].map((digit) => digit.repeat(2000)),
    );
  });
});

describe("ping", () => {
  test.each(roles)("of a %s is answered by a pong with its data", async (role) => {
    await using pair = await openPair(role);
    const socket = pair.engine.connection;
    socket.ping("ü");
    socket.ping(new Uint8Array([1]));
    socket.ping();
    const frames = await pair.peer.readFrames(3);
    expect(frames.map(({ opcode, payload }) => [opcode, [...payload]])).toEqual([
      [opcodes.ping, [0xc3, 0xbc]],
      [opcodes.ping, [1]],
      [opcodes.ping, []],
    ]);
    pair.peer.send({ opcode: opcodes.pong, payload: "ü" });
    expect((await hear(socket, "pong")).data.toString()).toBe("ü");
  });

  test("takes 125 bytes at most, and no other data", async () => {
    await using line = await openLine();
    line.socket.ping("x".repeat(125));
    expect(() => line.socket.ping("x".repeat(126))).toThrow(RangeError);
    expect(() => line.socket.ping("€".repeat(42))).toThrow(/at most 125 bytes, 126 were given/);
    expect(() => line.socket.ping(new SharedArrayBuffer(1) as never)).toThrow(TypeError);
    expect(() => line.socket.ping(4711 as never)).toThrow(TypeError);
  });

  test("of the peer raises ping, and is answered without anyone listening", async () => {
    await using pair = await openPair("server");
    const ping = hear(pair.engine.connection, "ping");
    pair.peer.send({ opcode: opcodes.ping, payload: "data" });
    expect((await ping).data.toString()).toBe("data");
    pair.peer.send({ opcode: opcodes.ping, payload: "again" });
    expect((await pair.peer.readFrames(2)).map(({ payload }) => payload.toString())).toEqual([
      "data",
      "again",
    ]);
  });

  test("after close is not sent", async () => {
    await using pair = await openPair("server");
    pair.engine.connection.close();
    pair.engine.connection.ping();
    expect(await pair.peer.readFrame()).toMatchObject({ opcode: opcodes.close });
    pair.peer.sendClose();
    await pair.peer.ended;
    expect(pair.peer.stream.waiting).toHaveLength(0);
  });

  test("pongs overtake what waits, between frames", async () => {
    await using pair = await openPair("server");
    pair.peer.stream.socket.pause();
    const socket = pair.engine.connection;
    for (let i = 0; i < 12; i++) socket.send(Buffer.alloc(1024 * 1024, "a"));
    await new Promise(setImmediate);
    pair.peer.send({ opcode: opcodes.ping, payload: "now" });
    await hear(socket, "ping");
    pair.peer.stream.socket.resume();
    const opcodesRead = (await pair.peer.readFrames(13)).map(({ opcode }) => opcode);
    expect(opcodesRead.indexOf(opcodes.pong)).toBeLessThan(11);
    expect(opcodesRead.filter((opcode) => opcode === opcodes.binary)).toHaveLength(12);
  });
});

describe("events of a client", () => {
  test("come in order: open, messages, close", async () => {
    await using line = await openLine();
    const journal = journalOf(line.client);
    line.socket.send("1");
    line.socket.send("2");
    line.socket.close(4000);
    await hear(line.client, "close");
    expect(journal).toEqual(["message 1", "message 2", "close 4000"]);
  });

  test("frames that come with the handshake's response come after open", async () => {
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url());
    const journal = journalOf(client);
    const { peer, request } = await listener.acceptRequest();
    const head = formatHead(
      "HTTP/1.1 101 Switching Protocols",
      responseFields(request.field("sec-websocket-key")!),
    );
    const frames = [
      peer.encode({ opcode: opcodes.text, payload: "at once" }),
      peer.encode({ opcode: opcodes.close }),
    ];
    peer.write(Buffer.concat([Buffer.from(head), ...frames]));
    peer.end();
    await hear(client, "close");
    expect(journal).toEqual(["open", "message at once", "close 1005"]);
  });
});
