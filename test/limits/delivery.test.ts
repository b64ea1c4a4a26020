import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { MessageEvent, WebSocketConnection } from "../../src/websocket/index.ts";
import { encodeFrame, opcodes } from "../raw-peer/frame.ts";
import { connectRaw, formatRequest } from "../raw-peer/raw-client.ts";
import { hear, hearMessages } from "../websocket/hear.ts";
import { connect, listen, openLine } from "../websocket/line.ts";

const handlerMs = 50;

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

test("a connection handler that awaits 50 ms before it sets onmessage loses nothing", async () => {
  const received: unknown[] = [];
  const onConnection = async (socket: WebSocketConnection) => {
    await delay(handlerMs);
    socket.onmessage = ({ data }) => received.push(data);
  };
  await using line = await openLine({ onConnection });
  for (const number of numbers(1000)) line.client.send(number);
  line.client.close();
  await hear(line.socket, "close");
  expect(received).toEqual(numbers(1000));
});

test("nor does it lose what came in one piece with the handshake, nor the Close frame behind it", async () => {
  const received: unknown[] = [];
  await using listener = await listen();
  const closed = new Promise<number>((resolve) => {
    listener.server.onconnection = async ({ socket }) => {
      await delay(handlerMs);
      socket.onmessage = ({ data }) => received.push(data);
      socket.onclose = ({ code }) => resolve(code);
    };
  });
  await using peer = await connectRaw(listener.port);
  const mask = Buffer.from([1, 2, 3, 4]);
  const texts = numbers(1000).map((payload) => encodeFrame({ opcode: opcodes.text, payload, mask }));
  const close = encodeFrame({ opcode: opcodes.close, payload: Buffer.from([0x03, 0xe8]), mask });
  peer.write(Buffer.concat([Buffer.from(formatRequest(listener.port)), ...texts, close]));
  await peer.ended;
  peer.end();
  expect(await closed).toBe(1000);
  expect(received).toEqual(numbers(1000));
});

test("a connection handler that is a for await loop gets every message, and ends with the connection", async () => {
  const received: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const onConnection = async (socket: WebSocketConnection) => {
    for await (const data of socket) {
      received.push(data);
      socket.send(data);
    }
    ended.resolve();
  };
  await using line = await openLine({ onConnection });
  const echoes = hearMessages(line.client, 1000);
  for (const number of numbers(1000)) line.client.send(number);
  expect(await echoes).toEqual(numbers(1000));
  line.client.close();
  await ended.promise;
  expect(received).toEqual(numbers(1000));
});

test("2,000 messages to an async handler run one at a time, in order", async () => {
  const started: unknown[] = [];
  let running = 0;
  let runningMost = 0;
  const onConnection = (socket: WebSocketConnection) => {
    socket.onmessage = async ({ data }) => {
      started.push(data);
      runningMost = Math.max(runningMost, ++running);
      await (started.length % 3 === 0 ? Promise.resolve() : nextTurn());
      running--;
      if (started.length === 2000) socket.send("all");
    };
  };
  await using line = await openLine({ onConnection });
  const all = hear(line.client, "message");
  for (const number of numbers(2000)) line.client.send(number);
  await all;
  expect(started).toEqual(numbers(2000));
  expect(runningMost).toBe(1);
});

/** What a handler can do wrong, when it gets "fail". */
const failures: Record<string, (socket: WebSocketConnection) => unknown> = {
  "throws at a message": (socket) => {
    socket.onmessage = (event) => echoOrThrow(socket, event);
  },
  "rejects at a message": (socket) => {
    socket.onmessage = async (event) => {
      await nextTurn();
      echoOrThrow(socket, event);
    };
  },
  "throws from a second listener": (socket) => {
    socket.addEventListener("message", () => {});
    socket.addEventListener("message", (event) => echoOrThrow(socket, event));
  },
  "rejects inside its loop": async (socket) => {
    for await (const data of socket) echoOrThrow(socket, { data });
  },
};

function echoOrThrow(socket: WebSocketConnection, { data }: Pick<MessageEvent, "data">): void {
  if (data === "fail") throw new Error("the handler failed");
  socket.send(data);
}

test.each(Object.keys(failures))(
  "a handler that %s closes its own connection only, with 1011",
  async (how) => {
    await using listener = await listen();
    const errors: unknown[] = [];
    listener.server.onconnection = ({ socket }) => {
      socket.onerror = ({ error }) => errors.push((error as Error).message);
      return failures[how]!(socket);
    };
    const clients = [await connect(listener.url), await connect(listener.url), await connect(listener.url)];
    const closed = hear(clients[1]!, "close");
    clients[1]!.send("fail");
    clients[1]!.send("not reached");
    const { code } = await closed;
    expect({ code, errors }).toEqual({ code: 1011, errors: ["the handler failed"] });
    for (const client of [clients[0]!, clients[2]!]) {
      const echo = hearMessages(client, 1);
      client.send("still here");
      expect(await echo).toEqual(["still here"]);
    }
    expect(listener.server.clients.size).toBe(2);
  },
);

test.each([
  [
    "throws",
    () => {
      throw new Error("no such room");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no such room"))],
])("a connection handler that %s closes that connection only, with 1011", async (_how, fail) => {
  await using listener = await listen();
  let connections = 0;
  listener.server.onconnection = ({ socket }) => {
    socket.onmessage = ({ data }) => socket.send(data);
    return ++connections === 2 ? fail() : undefined;
  };
  const first = await connect(listener.url);
  const second = await connect(listener.url);
  const { code } = await hear(second, "close");
  const echo = hearMessages(first, 1);
  first.send("still here");
  expect([code, await echo]).toEqual([1011, ["still here"]]);
  expect(listener.warnings.join()).toContain("no such room");
});
