import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { opcodes } from "../../test/raw-peer/frame.ts";
import { requestRaw } from "../../test/raw-peer/raw-client.ts";
import type { RawPeer } from "../../test/raw-peer/raw-peer.ts";
import { hear, journalOf } from "../../test/websocket/hear.ts";
import { listen, openLine, type TestListener } from "../../test/websocket/line.ts";
import type { WebSocketConnection, WebSocketServerOptions } from "./index.ts";

interface RawLine extends TestListener {
  socket: WebSocketConnection;
  peer: RawPeer;
}

/** A server's connection to a peer that answers nothing by itself. */
async function openRawLine(options: WebSocketServerOptions): Promise<RawLine> {
  const listener = await listen(options);
  const accepted = new Promise<WebSocketConnection>((resolve) => {
    listener.server.onconnection = ({ socket }) => resolve(socket);
  });
  const { peer } = await requestRaw(listener.port);
  return {
    ...listener,
    socket: await accepted,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

const heartbeatIntervalMs = 1000;

/** Lets so many beats pass. */
function beat(count: number): void {
  vi.advanceTimersByTime(count * heartbeatIntervalMs);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the heartbeat", () => {
  test("pings a peer that was silent for an interval, and ends it if it stays silent", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs });
    const journal = journalOf(line.socket);
    beat(1);
    line.socket.send("no ping before");
    expect(await line.peer.readFrame()).toMatchObject({ opcode: opcodes.text });
    beat(1);
    expect(await line.peer.readFrame()).toMatchObject({ opcode: opcodes.ping, payload: Buffer.alloc(0) });
    beat(1);
    await hear(line.socket, "close");
    expect(journal).toEqual(["error WS_HEARTBEAT_TIMEOUT", "close 1006"]);
    await line.peer.ended;
  });

  test("keeps a peer that answers", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs });
    for (let i = 0; i < 3; i++) {
      beat(2);
      expect(await line.peer.readFrame()).toMatchObject({ opcode: opcodes.ping });
      line.peer.send({ opcode: opcodes.pong });
      await hear(line.socket, "pong");
    }
    expect(line.socket.readyState).toBe(1);
  });

  test("does not ping a peer that talks", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs });
    for (let i = 0; i < 5; i++) {
      beat(1);
      line.peer.sendText("talk");
      await hear(line.socket, "message");
    }
    line.socket.send("the first that it sends");
    expect(await line.peer.readFrame()).toMatchObject({ opcode: opcodes.text });
  });

  test("pings whatever waits to be sent: bufferedBytesMax is for messages", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs, bufferedBytesMax: 1000 });
    line.peer.stream.socket.pause();
    const journal = journalOf(line.socket);
    line.socket.send(Buffer.alloc(16 * 1024 * 1024));
    beat(2);
    expect(journal).toEqual([]);
    beat(1);
    expect(journal).toEqual(["error WS_HEARTBEAT_TIMEOUT"]);
  });

  test("keeps a peer that takes what had to wait", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs });
    line.peer.stream.socket.pause();
    line.socket.send(Buffer.alloc(16 * 1024 * 1024));
    beat(2);
    line.peer.stream.socket.resume();
    await hear(line.socket, "drain");
    beat(1);
    expect(line.socket.readyState).toBe(1);
  });

  test("keeps a peer that takes a large message piece by piece", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs });
    const { socket: reading } = line.peer.stream;
    reading.pause();
    line.socket.send(Buffer.alloc(64 * 1024 * 1024));
    await new Promise(setImmediate);
    let beats = 0;
    while (line.socket.bufferedAmount > 0) {
      beats += 2;
      beat(2);
      const { bufferedAmount } = line.socket;
      reading.resume();
      while (line.socket.bufferedAmount === bufferedAmount) await new Promise(setImmediate);
      reading.pause();
    }
    expect(beats).toBeGreaterThan(3);
    expect(line.socket.readyState).toBe(1);
  });

  test("does not count the silence of a peer that is not being read", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs, readAheadBytesMax: 10 });
    line.socket.pause();
    line.peer.send({ opcode: opcodes.text, payload: "more than may wait" }, { opcode: opcodes.ping });
    await hear(line.socket, "ping");
    beat(10);
    expect(line.socket.readyState).toBe(1);
    const message = hear(line.socket, "message");
    line.socket.resume();
    expect(await message).toMatchObject({ data: "more than may wait" });
  });

  test("leaves a connection that is closing to closeTimeout", async () => {
    await using line = await openRawLine({ heartbeatIntervalMs, closeTimeout: 20 });
    const journal = journalOf(line.socket);
    line.socket.close();
    beat(10);
    expect(journal).toEqual([]);
    await hear(line.socket, "close");
    expect(journal).toEqual(["close 1006"]);
  });

  test("of a server stops with it", async () => {
    const { server } = await listen({ heartbeatIntervalMs });
    expect(vi.getTimerCount()).toBe(1);
    await server.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of a client ends a silent server, and stops with the connection", async () => {
    await using line = await openLine({
      client: { heartbeatIntervalMs },
      server: { heartbeatIntervalMs: 0 },
    });
    expect(vi.getTimerCount()).toBe(1);
    const journal = journalOf(line.client);
    beat(3);
    expect(journal).toEqual(["error WS_HEARTBEAT_TIMEOUT"]);
    await hear(line.client, "close");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("can be switched off, and is off on a client", async () => {
    await using line = await openLine({ server: { heartbeatIntervalMs: 0 } });
    expect(vi.getTimerCount()).toBe(0);
    expect(line.client.readyState).toBe(1);
  });
});
