import { describe, expect, test } from "vitest";
import { hear, hearMessages, readable } from "../../test/websocket/hear.ts";
import { connect, listen, openLine } from "../../test/websocket/line.ts";
import { WebSocket, type WebSocketConnection } from "./index.ts";

async function collect(socket: WebSocketConnection): Promise<string[]> {
  const heard: string[] = [];
  for await (const data of socket) heard.push(readable(data));
  return heard;
}

describe("for await over a connection", () => {
  test("yields every message and ends with the connection", async () => {
    await using line = await openLine();
    const reading = collect(line.socket);
    line.client.send("1");
    line.client.send(Buffer.from("2"));
    line.client.close();
    expect(await reading).toEqual(["1", "2"]);
  });

  test("in an async connection handler loses nothing, also after an await", async () => {
    await using listener = await listen();
    const reading = new Promise<string[]>((resolve) => {
      listener.server.onconnection = async ({ socket }) => {
        await new Promise(setImmediate);
        resolve(await collect(socket));
      };
    });
    const client = await connect(listener.url);
    for (const text of ["1", "2", "3"]) client.send(text);
    client.close();
    expect(await reading).toEqual(["1", "2", "3"]);
  });

  test("begun while a client connects has the first message", async () => {
    await using listener = await listen();
    listener.server.onconnection = ({ socket }) => {
      socket.send("first");
      socket.close();
    };
    expect(await collect(new WebSocket(listener.url))).toEqual(["first"]);
  });

  test("ends where a client never opens", async () => {
    expect(await collect(new WebSocket("ws://127.0.0.1:1/"))).toEqual([]);
  });

  test("hands out one message at a time: those that wait count as unread", async () => {
    await using line = await openLine({ server: { readAheadBytesMax: 1000 } });
    const iterator = line.socket[Symbol.asyncIterator]();
    for (let i = 0; i < 10; i++) line.client.send("x".repeat(1000));
    expect(await iterator.next()).toMatchObject({ done: false });
    const rest: unknown[] = [];
    for await (const data of iterator) {
      rest.push(data);
      if (rest.length === 9) break;
    }
    expect(rest).toHaveLength(9);
  });

  test("leaves messages to listeners after a break", async () => {
    await using line = await openLine();
    line.client.send("1");
    for await (const data of line.socket) {
      expect(data).toBe("1");
      break;
    }
    const message = hear(line.socket, "message");
    line.client.send("2");
    expect(await message).toMatchObject({ data: "2" });
  });

  test("after a break, ends at once", async () => {
    await using line = await openLine();
    const iterator = line.socket[Symbol.asyncIterator]();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test("given up while it waits, takes no message from those who listen", async () => {
    await using line = await openLine();
    const iterator = line.socket[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    const heard = hearMessages(line.socket, 2);
    line.client.send("1");
    line.client.send("2");
    expect(await heard).toEqual(["1", "2"]);
  });

  test("that is over leaves a later one alone", async () => {
    await using line = await openLine();
    const first = line.socket[Symbol.asyncIterator]();
    await first.return?.();
    const second = line.socket[Symbol.asyncIterator]();
    await first.return?.();
    line.client.send("1");
    expect(await first.next()).toEqual({ done: true, value: undefined });
    expect(await second.next()).toEqual({ done: false, value: "1" });
  });

  test("can begin again", async () => {
    await using line = await openLine();
    await line.socket[Symbol.asyncIterator]().return?.();
    const reading = collect(line.socket);
    line.client.send("again");
    line.client.close();
    expect(await reading).toEqual(["again"]);
  });
});

describe("misuse of iteration", () => {
  test("a second iterator is a TypeError", async () => {
    await using line = await openLine();
    line.socket[Symbol.asyncIterator]();
    expect(() => line.socket[Symbol.asyncIterator]()).toThrow(/one iterator reads at a time/);
  });

  test("a second iterator of a client that connects is one at its first message, and the client opens", async () => {
    await using listener = await listen();
    const client = new WebSocket(listener.url);
    client[Symbol.asyncIterator]();
    const second = client[Symbol.asyncIterator]();
    await hear(client, "open");
    await expect(second.next()).rejects.toThrow(TypeError);
  });

  test("a second next() before the first is answered is a TypeError", async () => {
    await using line = await openLine();
    const iterator = line.socket[Symbol.asyncIterator]();
    const first = iterator.next();
    await expect(iterator.next()).rejects.toThrow(TypeError);
    line.client.send("1");
    expect(await first).toEqual({ done: false, value: "1" });
  });
});
