import { describe, expect, test, vi } from "vitest";
import { hear, hearMessages, journalOf, readable } from "../../test/websocket/hear.ts";
import { openLine } from "../../test/websocket/line.ts";

describe("listeners of a server's connection that return promises", () => {
  test("run one message at a time and in order, 2000 of them", async () => {
    await using line = await openLine();
    let running = 0;
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      line.socket.onmessage = async ({ data }) => {
        expect(++running).toBe(1);
        await (order.length % 3 === 0 ? new Promise(setImmediate) : undefined);
        order.push(readable(data));
        running--;
        if (order.length === 2000) resolve();
      };
    });
    const sent = Array.from({ length: 2000 }, (_, i) => String(i));
    for (const text of sent) line.client.send(text);
    await done;
    expect(order).toEqual(sent);
  });

  test("hold back the next message until all of them have settled", async () => {
    await using line = await openLine();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    line.socket.addEventListener("message", () => first.promise);
    line.socket.addEventListener("message", () => second.promise);
    const journal = journalOf(line.socket);
    line.client.send("1");
    line.client.send("2");
    line.client.ping();
    await hear(line.client, "pong");
    second.resolve();
    await new Promise(setImmediate);
    expect(journal).toEqual(["message 1"]);
    first.resolve();
    await new Promise(setImmediate);
    expect(journal).toEqual(["message 1", "message 2"]);
  });

  test("do not hold back pings and the closing handshake; the close event comes after the messages", async () => {
    await using line = await openLine();
    const gate = Promise.withResolvers<void>();
    const journal = journalOf(line.socket);
    line.socket.onmessage = () => gate.promise;
    line.client.send("1");
    line.client.send("2");
    line.client.close(4000);
    await hear(line.client, "close");
    await vi.waitUntil(() => line.server.clients.size === 0);
    expect(journal).toEqual(["message 1"]);
    expect(line.socket.readyState).toBe(2);
    gate.resolve();
    await hear(line.socket, "close");
    expect(journal).toEqual(["message 1", "message 2", "close 4000"]);
  });

  test("that never settle do not hold back the close event where no message waits", async () => {
    await using line = await openLine();
    line.socket.onmessage = () => new Promise(() => {});
    line.client.send("1");
    line.client.close(4000);
    expect(await hear(line.socket, "close")).toMatchObject({ code: 4000 });
  });
});

describe("a listener of a server's connection that fails", () => {
  const failures: [string, () => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("the listener's");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the listener's"))],
  ];

  test.each(failures)("and %s raises error, and ends the connection with 1011", async (_name, fail) => {
    await using line = await openLine();
    const journal = journalOf(line.socket);
    line.socket.onmessage = fail;
    line.client.send("1");
    line.client.send("2");
    expect(await hear(line.client, "close")).toMatchObject({ code: 1011, reason: "" });
    await hear(line.socket, "close");
    expect(journal).toEqual(["message 1", "error the listener's", "close 1006"]);
    expect(line.warnings).toEqual([]);
  });

  test.each(failures)("and %s is named in the log if nobody listens for error", async (_name, fail) => {
    await using line = await openLine();
    line.socket.onmessage = fail;
    line.client.send("1");
    await hear(line.client, "close");
    expect(line.warnings).toEqual([
      expect.stringContaining('A "message" listener of a WebSocket connection failed'),
    ]);
  });

  test.each(failures)("of error itself, and %s, is logged and not asked again", async (_name, fail) => {
    await using line = await openLine();
    let count = 0;
    line.socket.addEventListener("error", () => {
      count++;
      return fail();
    });
    line.socket.onmessage = fail;
    const closed = Promise.all([hear(line.client, "close"), hear(line.socket, "close")]);
    line.client.send("1");
    await closed;
    expect(count).toBe(1);
    expect(line.warnings).toEqual([
      expect.stringContaining('A "error" listener of a WebSocket connection failed'),
    ]);
  });

  test.each(failures)("of close, and %s, is logged only", async (_name, fail) => {
    await using line = await openLine();
    const journal = journalOf(line.socket);
    line.socket.addEventListener("close", fail);
    line.client.close();
    await hear(line.socket, "close");
    await new Promise(setImmediate);
    expect(journal).toEqual(["close 1005"]);
    expect(line.warnings).toEqual([
      expect.stringContaining('A "close" listener of a WebSocket connection failed'),
    ]);
  });

  test.each(["ping", "pong", "drain"] as const)("of %s ends the connection, too", async (type) => {
    await using line = await openLine();
    line.socket.addEventListener(type, () => Promise.reject(new Error("the listener's")));
    if (type === "ping") line.client.ping();
    if (type === "pong") line.socket.ping();
    if (type === "drain") line.socket.send("x");
    // Who sees that something waits hears of the drain.
    expect(line.socket.bufferedAmount).toBe(type === "drain" ? 1 : 0);
    expect(await hear(line.client, "close")).toMatchObject({ code: 1011 });
  });
});

describe("a listener may, inside a message,", () => {
  test("close: the messages behind it still come to a server", async () => {
    await using line = await openLine();
    const journal = journalOf(line.socket);
    line.socket.onmessage = () => line.socket.close(4000);
    line.client.send("1");
    line.client.send("2");
    await hear(line.socket, "close");
    expect(journal).toEqual(["message 1", "message 2", "close 4000"]);
  });

  test("terminate: nothing more comes", async () => {
    await using line = await openLine();
    const journal = journalOf(line.socket);
    line.socket.onmessage = () => line.socket.terminate();
    line.client.send("1");
    line.client.send("2");
    await hear(line.socket, "close");
    expect(journal).toEqual(["message 1", "close 1006"]);
  });

  test("pause and resume: each message is over before the next begins", async () => {
    await using line = await openLine();
    const order: string[] = [];
    const heard = hearMessages(line.socket, 3);
    line.socket.addEventListener("message", ({ data }) => {
      order.push(`begin ${readable(data)}`);
      line.socket.pause();
      line.socket.resume();
      order.push(`end ${readable(data)}`);
    });
    for (const text of ["1", "2", "3"]) line.client.send(text);
    await heard;
    expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  test("send: in the order of the messages", async () => {
    await using line = await openLine();
    const heard = hearMessages(line.client, 3);
    line.socket.onmessage = ({ data }) => line.socket.send(`echo ${readable(data)}`);
    for (const text of ["1", "2", "3"]) line.client.send(text);
    expect(await heard).toEqual(["echo 1", "echo 2", "echo 3"]);
  });

  test("dispatch an event of its own", async () => {
    await using line = await openLine();
    const journal: string[] = [];
    line.socket.addEventListener("message", ({ type, data }) => journal.push(`${type} ${readable(data)}`));
    line.socket.dispatchEvent(new MessageEvent("message", { data: "own" }));
    expect(journal).toEqual(["message own"]);
  });
});
