import { describe, expect, test, vi } from "vitest";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { connect, listen, openLine } from "../../test/websocket/line.ts";
import type { WebSocketConnection } from "./index.ts";

/** A connection handler that is over when the test says so. */
function heldHandler() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<WebSocketConnection>();
  const onConnection = (socket: WebSocketConnection): Promise<void> => {
    arrived.resolve(socket);
    return promise;
  };
  return { onConnection, release: resolve, fail: reject };
}

describe("until the connection handler's promise has resolved", () => {
  test("messages wait, and then come in order to listeners that were added meanwhile", async () => {
    const { onConnection, release } = heldHandler();
    await using line = await openLine({ onConnection });
    const tooEarly = journalOf(line.socket);
    line.client.send("1");
    line.client.send("2");
    line.client.ping();
    await hear(line.client, "pong");
    expect(tooEarly).toEqual([]);
    const heard = hearMessages(line.socket, 2);
    release();
    expect(await heard).toEqual(["1", "2"]);
  });

  test("close and error events wait, too", async () => {
    const { onConnection, release } = heldHandler();
    await using line = await openLine({ onConnection });
    const journal = journalOf(line.socket);
    line.client.send("last");
    line.client.close(4000);
    await hear(line.client, "close");
    expect(journal).toEqual([]);
    release();
    await hear(line.socket, "close");
    expect(journal).toEqual(["message last", "close 4000"]);
  });

  test("the peer is answered: its Close frame by ours", async () => {
    const { onConnection } = heldHandler();
    await using line = await openLine({ onConnection });
    line.client.close(1000);
    expect(await hear(line.client, "close")).toMatchObject({ code: 1000, wasClean: true });
  });

  test("messages can be sent", async () => {
    const { onConnection } = heldHandler();
    await using line = await openLine({ onConnection });
    const heard = hearMessages(line.client, 1);
    line.socket.send("meanwhile");
    expect(await heard).toEqual(["meanwhile"]);
  });

  test("ready() lets them come", async () => {
    const { onConnection } = heldHandler();
    await using line = await openLine({ onConnection });
    const heard = hearMessages(line.socket, 1);
    line.client.send("1");
    line.socket.ready();
    expect(await heard).toEqual(["1"]);
    line.socket.ready();
  });
});

describe("a connection handler", () => {
  test("that returns nothing holds nothing back", async () => {
    await using line = await openLine();
    const heard = hearMessages(line.socket, 1);
    line.client.send("1");
    expect(await heard).toEqual(["1"]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("the handler's");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the handler's"))],
  ])("that %s ends its own connection with 1011 and raises error on it", async (_name, fail) => {
    const journals: string[][] = [];
    await using listener = await listen();
    listener.server.onconnection = ({ socket, request }) => {
      journals.push(journalOf(socket));
      return request.url === "/bad" ? fail() : undefined;
    };
    const good = await connect(listener.url);
    const bad = await connect(`${listener.url}bad`);
    expect(await hear(bad, "close")).toMatchObject({ code: 1011, reason: "" });
    await vi.waitUntil(() => listener.server.clients.size === 1);
    expect(journals).toEqual([[], ["error the handler's", "close 1006"]]);
    expect(listener.warnings).toEqual([]);
    expect(good.readyState).toBe(1);
    good.terminate();
  });

  test("that fails with nobody to hear of it is named in the log", async () => {
    await using line = await openLine({ onConnection: () => Promise.reject(new Error("the handler's")) });
    await hear(line.client, "close");
    expect(line.warnings).toEqual([
      expect.stringMatching(/^A "connection" listener .* failed: Error: the handler's/),
    ]);
  });

  test("that rejects after the connection has ended is named in the log, and raises nothing", async () => {
    const { onConnection, fail } = heldHandler();
    await using line = await openLine({ onConnection });
    const journal = journalOf(line.socket);
    line.client.terminate();
    await vi.waitUntil(() => line.server.clients.size === 0);
    fail(new Error("late"));
    await hear(line.socket, "close");
    expect(journal).toEqual(["close 1006"]);
    expect(line.warnings).toHaveLength(1);
  });

  test("one of two that rejects ends the connection, too", async () => {
    await using listener = await listen();
    listener.server.addEventListener("connection", () => Promise.resolve());
    listener.server.addEventListener("connection", () => Promise.reject(new Error("second")));
    const client = await connect(listener.url);
    expect(await hear(client, "close")).toMatchObject({ code: 1011 });
  });

  test.each([
    ["close", (socket: WebSocketConnection) => socket.close(4001), 4001],
    ["terminate", (socket: WebSocketConnection) => socket.terminate(), 1006],
  ])("may call %s", async (_name, end, code) => {
    await using listener = await listen();
    listener.server.onconnection = ({ socket }) => end(socket);
    const client = await connect(listener.url);
    expect(await hear(client, "close")).toMatchObject({ code });
    await vi.waitUntil(() => listener.server.clients.size === 0);
  });

  test("may pause before the first message", async () => {
    await using line = await openLine({ onConnection: (socket) => socket.pause() });
    const journal = journalOf(line.socket);
    line.client.send("1");
    line.client.ping();
    await hear(line.client, "pong");
    expect(journal).toEqual([]);
    line.socket.resume();
    expect(journal).toEqual(["message 1"]);
  });
});

describe("a connection handler that does not come to an end", () => {
  test("is named in the log after 10 s", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using listener = await listen();
    const arrived = new Promise<void>((resolve) => {
      listener.server.onconnection = function slowHandler() {
        resolve();
        return new Promise(() => {});
      };
    });
    const client = await connect(listener.url);
    await arrived;
    vi.advanceTimersByTime(9999);
    expect(listener.warnings).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(listener.warnings).toEqual([expect.stringMatching(/^slowHandler has held back .* for 10000 ms/)]);
    vi.useRealTimers();
    client.terminate();
  });

  test.each([
    ["reads", (socket: WebSocketConnection) => void socket[Symbol.asyncIterator]().next()],
    ["is ready", (socket: WebSocketConnection) => socket.ready()],
    ["closes", (socket: WebSocketConnection) => socket.terminate()],
  ])("is not, if it %s", async (_name, act) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { onConnection } = heldHandler();
    await using line = await openLine({ onConnection });
    act(line.socket);
    await vi.waitFor(() => expect(line.socket.readyState === 1 || line.server.clients.size === 0).toBe(true));
    vi.advanceTimersByTime(20_000);
    expect(line.warnings).toEqual([]);
    vi.useRealTimers();
  });
});
