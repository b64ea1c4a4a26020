import { describe, expect, test } from "vitest";
import {
  type CloseEvent,
  connect,
  type GapEvent,
  type MessageEvent,
  type StateEvent,
} from "../../src/client/index.ts";
import { createServer } from "../../src/server/index.ts";
import { BufferFullError } from "../../src/session/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { serve } from "../server/serve.ts";
import { type ConnectionLine, next, openConnectionLine } from "./connection-line.ts";

/** Sends numbered messages, and resolves with the echoes when all have come. */
async function exchange(
  { connection }: ConnectionLine,
  count: number,
  each = async () => {},
): Promise<string[]> {
  const heard: string[] = [];
  const all = new Promise<string[]>((resolve) => {
    connection.onmessage = ({ data }) => {
      heard.push(data as string);
      if (heard.length === count) resolve(heard);
    };
  });
  for (let i = 0; i < count; i++) {
    await connection.writable();
    connection.send(`${i}`);
    await each();
  }
  return all;
}

/** Another server in the place of one that was closed. */
async function listenAgain({ place }: ConnectionLine): Promise<{ opened: number } & AsyncDisposable> {
  const app = createServer();
  const again = { opened: 0, [Symbol.asyncDispose]: () => app.close({ graceMs: 0 }) };
  app.onconnection = ({ socket }) => {
    again.opened++;
    socket.onmessage = ({ data }) => socket.send(data);
  };
  await app.listen(Number(new URL(place.httpUrl).port), "127.0.0.1");
  return again;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`);
}

describe("connect", () => {
  test("opens a session at the default path, with the application's subprotocol", async () => {
    await using line = await openConnectionLine({
      client: { protocols: ["chat", "other"] },
      server: { handleProtocols: ["other", "chat"] },
    });
    const { connection, proxy } = line;
    expect([connection.readyState, connection.state, connection.url]).toEqual([
      0,
      "connecting",
      `ws://127.0.0.1:${proxy.port}/ropeway`,
    ]);
    await next(connection, "open");
    expect([connection.readyState, connection.state, connection.protocol]).toEqual([1, "connected", "chat"]);
  });

  test("takes messages before it is open", async () => {
    await using line = await openConnectionLine();
    line.connection.send("early");
    expect(line.connection.bufferedAmount).toBe(5);
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({ data: "early" });
  });

  test("carries binary and Blobs in order", async () => {
    await using line = await openConnectionLine();
    line.connection.send(new Blob(["a"]));
    line.connection.send(Uint8Array.of(98));
    const heard: unknown[] = [];
    for await (const data of line.connection) {
      heard.push(new TextDecoder().decode(data as ArrayBuffer));
      if (heard.length === 2) break;
    }
    expect(heard).toEqual(["a", "b"]);
  });

  test("works with the engine's own class, which takes headers", async () => {
    const hosts: unknown[] = [];
    class Own extends WebSocket {
      constructor(url: string, protocols: string | string[]) {
        super(url, protocols, { headers: { "X-Who": "me" } });
      }
    }
    await using line = await openConnectionLine({
      client: { WebSocket: Own },
      server: {
        authenticate: ({ request }) => {
          hosts.push(request.headers.get("x-who"));
          return "me";
        },
      },
    });
    await next(line.connection, "open");
    expect(hosts).toEqual(["me"]);
  });

  test("waits for a server that is not there yet", async () => {
    await using line = await openConnectionLine();
    await line.proxy.offline();
    const waiting = await next<StateEvent>(line.connection, "statechange");
    expect(waiting).toMatchObject({
      state: "connecting",
      reason: { retryInMs: expect.any(Number) as number },
    });
    await line.proxy.online();
    await next(line.connection, "open");
  });

  test("says that a server does not speak sessions", async () => {
    await using place = await serve();
    await using proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
    place.app.endpoint("/plain", { onconnection: () => {} });
    const connection = connect(`http://127.0.0.1:${proxy.port}/plain`);
    const { reason } = await next<StateEvent>(connection, "statechange");
    connection.terminate();
    expect(reason).toMatchObject({ code: 1006, retryInMs: expect.any(Number) as number });
  });
});

describe("a lost line", () => {
  test("is replaced, with no message lost, doubled or out of order", async () => {
    await using line = await openConnectionLine();
    let sent = 0;
    const heard = await exchange(line, 2000, async () => {
      if (++sent % 200 === 0) line.proxy.reset();
      if (sent % 20 === 0) await new Promise(setImmediate);
    });
    expect(heard).toEqual(numbers(2000));
    expect(line.place.connections).toHaveLength(1);
    expect(line.proxy.accepted).toBeGreaterThan(1);
  });

  test("suspends the connection, which stays OPEN and takes messages", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    await line.proxy.offline();
    await expect.poll(() => line.connection.state).toBe("suspended");
    line.connection.send("meanwhile");
    expect([line.connection.readyState, line.connection.bufferedAmount]).toEqual([1, 9]);
    await line.proxy.online();
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({ data: "meanwhile" });
    expect(line.states[0]).toBe("connected");
    expect(line.states.at(-1)).toBe("connected");
  });

  test("bounds what waits; writable tells of room", async () => {
    await using line = await openConnectionLine({ client: { bufferedMessagesMax: 4 } });
    await next(line.connection, "open");
    await line.proxy.offline();
    await expect.poll(() => line.connection.state).toBe("suspended");
    for (let i = 0; i < 4; i++) line.connection.send(`${i}`);
    expect(() => line.connection.send("too much")).toThrow(BufferFullError);
    const room = line.connection.writable();
    await line.proxy.online();
    await room;
    line.connection.send("fits");
  });

  test("tells what waited too long", async () => {
    await using line = await openConnectionLine({ client: { queueAgeMsMax: 20 } });
    await next(line.connection, "open");
    await line.proxy.offline();
    await expect.poll(() => line.connection.state).toBe("suspended");
    line.connection.send("stale");
    expect(await next(line.connection, "expired")).toMatchObject({ data: "stale", reason: "expired" });
  });

  test("is told to the application by a gap if the server lost the session", async () => {
    await using line = await openConnectionLine({ server: { sessions: { suspendedMsMax: 10 } } });
    await next(line.connection, "open");
    await line.proxy.offline();
    await expect.poll(() => line.place.journal.some((entry) => entry.startsWith("close"))).toBe(true);
    const gap = next<GapEvent>(line.connection, "gap");
    line.connection.send("after");
    await line.proxy.online();
    const { sent, received } = await gap;
    expect([sent, received[0]]).toEqual([[], { stream: "", from: 1, to: 1024 }]);
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({ data: "after" });
    expect(line.place.connections).toHaveLength(2);
  });
});

describe("the token", () => {
  test("is asked for anew at each open and resume", async () => {
    let count = 0;
    const seen: unknown[] = [];
    await using line = await openConnectionLine({
      client: { token: async () => `token ${++count}` },
      server: {
        authenticate: ({ token }) => {
          seen.push(token);
          return "me";
        },
      },
    });
    await next(line.connection, "open");
    line.proxy.reset();
    await expect.poll(() => seen.length).toBe(2);
    expect(seen).toEqual(["token 1", "token 2"]);
  });

  test("that cannot be had is tried again, and raises error", async () => {
    let count = 0;
    await using line = await openConnectionLine({
      client: {
        token: () => {
          if (++count === 1) throw new Error("no token");
          return "token";
        },
      },
    });
    expect(await next(line.connection, "error")).toMatchObject({ error: new Error("no token") });
    await next(line.connection, "open");
  });

  test("that is refused ends the connection", async () => {
    await using line = await openConnectionLine({
      client: { token: "bad" },
      server: { authenticate: () => null },
    });
    const { code, wasClean } = await next<CloseEvent>(line.connection, "close");
    expect([code, wasClean, line.connection.state]).toEqual([3501, false, "closed"]);
  });
});

describe("the end", () => {
  test("by the client is clean after all that was sent", async () => {
    await using line = await openConnectionLine();
    line.connection.send("last words");
    line.connection.close(4000, "done");
    expect(await next(line.connection, "close")).toMatchObject({
      code: 4000,
      reason: "done",
      wasClean: true,
    });
    await expect.poll(() => line.place.journal).toEqual(["message last words", "close 4000"]);
  });

  test("by the server arrives after its last message", async () => {
    await using line = await openConnectionLine({
      handle: (socket) => {
        socket.send("last words");
        socket.close(1001, "maintenance");
      },
    });
    const heard: unknown[] = [];
    line.connection.onmessage = ({ data }) => heard.push(data);
    const close = await next(line.connection, "close");
    expect([heard, close]).toMatchObject([["last words"], { code: 1001, wasClean: true }]);
  });

  test("while suspended is delivered when the line is back", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    await line.proxy.offline();
    line.connection.send("last words");
    line.connection.close();
    expect(line.connection.readyState).toBe(2);
    await line.proxy.online();
    expect(await next(line.connection, "close")).toMatchObject({ code: 1005, wasClean: true });
    expect(line.place.journal).toContain("message last words");
  });

  test("while suspended is given up after closeTimeoutMs", async () => {
    await using line = await openConnectionLine({ client: { closeTimeoutMs: 30 } });
    await next(line.connection, "open");
    await line.proxy.offline();
    line.connection.close();
    expect(await next(line.connection, "close")).toMatchObject({ code: 1006, wasClean: false });
  });

  test("by terminate is at once", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    const closed = next(line.connection, "close");
    line.connection.terminate();
    expect(await closed).toMatchObject({ code: 1006, wasClean: false });
  });

  test("by a drain of the server is none: the client goes on at the next one", async () => {
    await using line = await openConnectionLine({ server: { sessions: { retryAfterMsMax: 10 } } });
    const gaps: unknown[] = [];
    line.connection.ongap = (event) => gaps.push(event);
    await next(line.connection, "open");
    await line.place.app.close({ graceMs: 5000 });
    line.connection.send("meanwhile");
    await using app = await listenAgain(line);
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({ data: "meanwhile" });
    expect([gaps, line.connection.readyState, app.opened]).toEqual([[], 1, 1]);
  });
});

describe("streams", () => {
  test("have an order of their own, and the other end hears of them", async () => {
    await using line = await openConnectionLine({
      handle: (socket) => {
        socket.onstream = ({ stream }) => {
          stream.onmessage = ({ data }) => stream.send(`${stream.name}: ${data as string}`);
        };
      },
    });
    const stream = line.connection.stream("cursors", { kind: "latest", priority: "interactive" });
    stream.send("1", { key: "a" });
    expect(await next<MessageEvent>(stream, "message")).toMatchObject({ data: "cursors: 1" });
  });

  test("survive a lost line, and a handler of one may await another", async () => {
    await using line = await openConnectionLine({
      handle: (socket) => {
        const answers = socket.stream("answers");
        socket.onmessage = async () => {
          socket.stream("questions").send("?");
          for await (const answer of answers) {
            socket.send(answer);
            break;
          }
        };
      },
    });
    const questions = line.connection.stream("questions");
    questions.onmessage = () => {
      line.proxy.reset();
      line.connection.stream("answers").send("!");
    };
    line.connection.send("go");
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({ data: "!" });
  });
});

describe("a handler that does not settle", () => {
  test("ends the session after handlerTimeoutMs, which the other end is told", async () => {
    await using line = await openConnectionLine({ client: { handlerTimeoutMs: 20 } });
    line.connection.onmessage = () => new Promise(() => {});
    line.connection.send("x");
    expect(await next(line.connection, "close")).toMatchObject({ code: 3506, wasClean: false });
    expect(line.connection.state).toBe("closed");
  });
});

describe("a line that freezes", () => {
  test("is left for another one when the heartbeat finds it dead", async () => {
    await using line = await openConnectionLine({ client: { heartbeatMs: 20 } });
    await next(line.connection, "open");
    line.proxy.freeze();
    line.connection.send("over the other one");
    const [stuck] = line.proxy.connections;
    expect(await next<MessageEvent>(line.connection, "message")).toMatchObject({
      data: "over the other one",
    });
    expect(line.proxy.connections.at(-1)).not.toBe(stuck);
    expect(line.place.connections).toHaveLength(1);
  });
});
