import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { RawServer } from "../../test/raw-peer/raw-server.ts";
import type { HttpHead } from "../../test/raw-peer/http-head.ts";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { connect, listen, openLine } from "../../test/websocket/line.ts";
import { WebSocket, type WebSocketOptions } from "./index.ts";

/** Nothing is connected to: port 1 is blocked. */
const blocked = "ws://127.0.0.1:1";

function urlOf(url: unknown): string {
  return new WebSocket(url as string).url;
}

/** The request that a client makes. */
async function requestOf(
  path: string,
  protocols: string[] = [],
  options: WebSocketOptions = {},
): Promise<HttpHead> {
  await using listener = await RawServer.listen();
  const client = new WebSocket(listener.url(path), protocols, options);
  const { request } = await listener.acceptRequest();
  client.terminate();
  return request;
}

function syntaxError(message: string): Error {
  return expect.objectContaining({
    name: "SyntaxError",
    message: expect.stringContaining(message) as string,
  }) as Error;
}

describe("the URL", () => {
  test.each([
    [blocked, `${blocked}/`],
    [`${blocked}/a/../b?c=d`, `${blocked}/b?c=d`],
    [`  ${blocked}/a b  `, `${blocked}/a%20b`],
    [`http://127.0.0.1:1/`, `${blocked}/`],
    [`https://127.0.0.1:1/`, "wss://127.0.0.1:1/"],
    [`WS://LOCALHOST:1/Path`, "ws://localhost:1/Path"],
    [`ws://user:pass@127.0.0.1:1/`, "ws://user:pass@127.0.0.1:1/"],
    [new URL(`${blocked}/x`), `${blocked}/x`],
    [[`${blocked}/y`], `${blocked}/y`],
  ])("%s is %s", (given, url) => {
    expect(urlOf(given)).toBe(url);
  });

  test.each([
    ["/chat", '"/chat" is not a URL'],
    ["chat", "is not a URL"],
    ["", "is not a URL"],
    ["ws://", "is not a URL"],
    ["ws://exa mple/", "is not a URL"],
    ["ftp://127.0.0.1/", "The URL's scheme is ftp:"],
    ["mailto:a@b.example", "The URL's scheme is mailto:"],
    ["wws://127.0.0.1/", "The URL's scheme is wws:"],
    [`${blocked}/#a`, "no fragment"],
    [`${blocked}/#`, "no fragment"],
    ["http://127.0.0.1:1/#", "no fragment"],
    [undefined, "is not a URL"],
    [null, "is not a URL"],
  ])("%s is a SyntaxError", (given, message) => {
    expect(() => urlOf(given)).toThrow(syntaxError(message));
  });

  test("is needed, and no symbol", () => {
    const Constructor = WebSocket as unknown as new (...values: unknown[]) => WebSocket;
    expect(() => new Constructor()).toThrow(TypeError);
    expect(() => new Constructor(Symbol("s"))).toThrow(TypeError);
  });

  test("gives the request its target and Host", async () => {
    const request = await requestOf("/a%20b/ü?q=1&q=2");
    expect(request.startLine).toBe("GET /a%20b/%C3%BC?q=1&q=2 HTTP/1.1");
    expect(request.field("host")).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});

describe("the subprotocols", () => {
  test.each([
    ["absent", undefined, undefined],
    ["none", [], undefined],
    ["one, as text", "chat", "chat"],
    ["several, the preferred one first", ["b", "a"], "b, a"],
    ["any iterable", new Set(["a", "b"]), "a, b"],
    ["what is turned into text", [1, null], "1, null"],
    ["null itself", null, "null"],
    ["names that differ in case", ["chat", "Chat"], "chat, Chat"],
  ])("%s are offered", async (_name, protocols, header) => {
    const request = await requestOf("/", protocols as string[]);
    expect(request.field("sec-websocket-protocol")).toBe(header);
  });

  test.each([
    ["a repeated one", ["a", "b", "a"]],
    ["an empty one", [""]],
    ["an empty text", ""],
    ["a space", "a b"],
    ["a comma", ["a,b"]],
    ["a separator", ["a(b)"]],
    ["a character beyond ASCII", ["é"]],
    ["a line break", "a\r\nX: y"],
    ["an object that is no list", { headers: {} }],
  ])("%s is a SyntaxError", (_name, protocols) => {
    expect(() => new WebSocket(blocked, protocols as string[])).toThrow(syntaxError("are not subprotocols"));
  });

  test("a symbol is a TypeError", () => {
    expect(() => new WebSocket(blocked, [Symbol("s")] as unknown as string[])).toThrow(TypeError);
  });

  test("the one that the server chooses is the socket's, from open on", async () => {
    await using listener = await listen({ handleProtocols: ["b"] });
    const client = new WebSocket(listener.url, ["a", "b"]);
    expect(client.protocol).toBe("");
    await hear(client, "open");
    expect(client.protocol).toBe("b");
    client.terminate();
  });

  test("a server that chooses none of those offered fails the connection, as in a browser", async () => {
    await using listener = await listen();
    const client = new WebSocket(listener.url, "a");
    const journal = journalOf(client);
    await hear(client, "close");
    expect(journal).toEqual(["error WS_HANDSHAKE_PROTOCOL_NOT_CHOSEN", "close 1006"]);
  });
});

describe("options", () => {
  test("headers are sent, repeated ones one by one", async () => {
    const { fields } = await requestOf("/", [], { headers: { Cookie: "a=1", "X-Two": ["1", "2"] } });
    expect(fields.filter(([name]) => name === "cookie" || name === "x-two")).toEqual([
      ["cookie", "a=1"],
      ["x-two", "1"],
      ["x-two", "2"],
    ]);
  });

  test.each([
    ["a name that is no token", { "a b": "1" }, "a b"],
    ["a value with a line break", { "X-A": "1\r\nX-B: 2" }, "X-A"],
    ["a value that is no text", { "X-A": 1 }, "X-A"],
    ["what the handshake writes itself", { "sec-websocket-key": "1" }, "sec-websocket-key"],
    ["a Host", { HOST: "other.example" }, "HOST"],
  ])("headers with %s are a TypeError that names it", (_name, headers, name) => {
    const create = (): WebSocket => new WebSocket("ws://127.0.0.1:80", [], { headers: headers as never });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(name);
  });

  test("an Origin is sent if it is given, and only then", async () => {
    expect((await requestOf("/")).field("origin")).toBeUndefined();
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url(), [], { origin: "https://app.example" });
    const { request } = await listener.acceptRequest();
    expect(request.field("origin")).toBe("https://app.example");
    client.terminate();
  });

  test.each([
    ["user:pass@", "user:pass"],
    ["user@", "user:"],
    [":pass@", ":pass"],
    ["a%3Ab:%25%zz@", "a:b:%%zz"],
    ["%C3%BC:%ff@", "\xc3\xbc:\xff"],
  ])("credentials in the URL, %s, become Basic authentication", async (credentials, decoded) => {
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url().replace("//", `//${credentials}`));
    const { request } = await listener.acceptRequest();
    const [scheme, value = ""] = (request.field("authorization") ?? "").split(" ");
    expect([scheme, Buffer.from(value, "base64").toString("latin1")]).toEqual(["Basic", decoded]);
    client.terminate();
  });

  test("an Authorization header goes before them", async () => {
    await using listener = await RawServer.listen();
    const options = { headers: { authorization: "Bearer token" } };
    const client = new WebSocket(listener.url().replace("//", "//user:pass@"), [], options);
    const { request } = await listener.acceptRequest();
    expect(request.field("authorization")).toBe("Bearer token");
    client.terminate();
  });

  test("a third argument that is no object is ignored, as arguments too many are", () => {
    expect(new WebSocket(blocked, [], "stray" as never).readyState).toBe(0);
  });
});

describe("before it is open", () => {
  test("a client is CONNECTING and knows its URL only", () => {
    const { readyState, url, protocol, extensions, bufferedAmount, binaryType, remoteAddress } =
      new WebSocket(blocked);
    expect([readyState, url, protocol, extensions]).toEqual([0, `${blocked}/`, "", ""]);
    expect([bufferedAmount, binaryType, remoteAddress]).toEqual([0, "blob", ""]);
  });

  test("send and ping are an InvalidStateError, after their arguments were converted", () => {
    const client = new WebSocket(blocked);
    const early = expect.objectContaining({ name: "InvalidStateError" }) as Error;
    expect(() => client.send("early")).toThrow(early);
    expect(() => client.ping()).toThrow(early);
    expect(() => client.send(new SharedArrayBuffer(1) as never)).toThrow(TypeError);
    expect(client.bufferedAmount).toBe(0);
  });

  test("pause holds from the first message on", async () => {
    await using listener = await listen();
    listener.server.onconnection = ({ socket }) => socket.send("first");
    const client = new WebSocket(listener.url);
    const journal = journalOf(client);
    client.pause();
    await hear(client, "open");
    expect(client.isPaused).toBe(true);
    client.ping();
    await hear(client, "pong");
    expect(journal).toEqual(["open"]);
    client.resume();
    expect(journal).toEqual(["open", "message first"]);
    client.terminate();
  });

  test("pause and resume leave nothing behind", async () => {
    await using listener = await listen();
    listener.server.onconnection = ({ socket }) => socket.send("first");
    const client = new WebSocket(listener.url);
    client.pause();
    client.resume();
    expect(await hearMessages(client, 1)).toEqual(["first"]);
    client.terminate();
  });

  test("writable waits for the opening, or the failure", async () => {
    await using listener = await listen();
    const client = new WebSocket(listener.url);
    await client.writable();
    expect(client.readyState).toBe(1);
    client.terminate();
    const failing = new WebSocket(blocked);
    await failing.writable();
    expect(failing.readyState).toBe(3);
  });

  test("topics are a TypeError, then and later", async () => {
    await using line = await openLine();
    for (const client of [new WebSocket(blocked), line.client]) {
      expect(() => client.subscribe("topic")).toThrow(/Topics belong to a server/);
      expect(() => client.unsubscribe("topic")).toThrow(TypeError);
      expect(() => client.publish("topic", "data")).toThrow(TypeError);
      expect(client.topics.size).toBe(0);
    }
  });
});

describe("an opening that fails raises error, then close with 1006, and nothing else", () => {
  test.each([
    ["a blocked port", () => blocked, "WS_PORT_BLOCKED"],
    ["a name that does not resolve", () => "ws://name.invalid/", "WS_CONNECT_FAILED"],
  ])("%s", async (_name, url, code) => {
    const client = new WebSocket(url());
    const journal = journalOf(client);
    const [event] = await Promise.all([hear(client, "close"), hear(client, "error")]);
    expect(journal).toEqual([`error ${code}`, "close 1006"]);
    expect(event).toMatchObject({ reason: "", wasClean: false });
    expect(client.readyState).toBe(3);
  });

  test("a port where nobody listens", async () => {
    const listener = await RawServer.listen();
    const { port } = listener;
    await listener[Symbol.asyncDispose]();
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    const [error] = await Promise.all([hear(client, "error"), hear(client, "close")]);
    expect(error.error).toMatchObject({ code: "WS_CONNECT_FAILED", cause: { code: "ECONNREFUSED" } });
    expect(error.message).toContain(`127.0.0.1:${port}`);
  });

  test.each([
    ["ends without an answer", "", "WS_CONNECT_FAILED"],
    ["answers with another status", "HTTP/1.1 403 Forbidden\r\n\r\n", "WS_HANDSHAKE_STATUS"],
    ["speaks no HTTP", "220 smtp.example\r\n\r\n", "WS_HANDSHAKE_START_LINE"],
  ])("a server that %s", async (_name, answer, code) => {
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url());
    const journal = journalOf(client);
    const { peer } = await listener.acceptRequest();
    peer.write(answer);
    if (answer === "") peer.end();
    await hear(client, "close");
    expect(journal).toEqual([`error ${code}`, "close 1006"]);
    await peer.ended;
  });

  test("a server that does not answer in time", async () => {
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url(), [], { handshakeTimeout: 20 });
    const [error] = await Promise.all([hear(client, "error"), hear(client, "close")]);
    expect(error.message).toBe("The handshake took longer than 20 ms (handshakeTimeout)");
    await (await listener.accept()).ended;
  });

  test("a head of the response over the limit", async () => {
    await using listener = await RawServer.listen();
    const client = new WebSocket(listener.url(), [], { headerBytesMax: 100 });
    const { peer } = await listener.acceptRequest();
    peer.write(`HTTP/1.1 101 Switching Protocols\r\nX: ${"x".repeat(100)}`);
    expect(await hear(client, "error")).toMatchObject({ error: { code: "WS_HANDSHAKE_HEAD_TOO_LARGE" } });
  });
});

test("what a listener throws is an uncaught exception, what it promises nobody awaits", async () => {
  await using line = await openLine();
  const uncaught = catchUncaught();
  const order: string[] = [];
  line.client.onmessage = async ({ data }) => {
    order.push(`begin ${data as string}`);
    await new Promise(setImmediate);
    order.push(`end ${data as string}`);
  };
  line.client.addEventListener("message", () => {
    throw new Error("the listener's");
  });
  const heard = hearMessages(line.client, 2);
  line.socket.send("1");
  line.socket.send("2");
  await heard;
  expect(order).toEqual(["begin 1", "begin 2"]);
  expect(await uncaught).toEqual(new Error("the listener's"));
  expect(line.client.readyState).toBe(1);
});

/** The next uncaught exception, which nobody else is told of. */
function catchUncaught(): Promise<unknown> {
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  return new Promise((resolve) => {
    process.on("uncaughtException", (error) => {
      resolve(error);
      // The second message's comes in the same turn.
      setImmediate(() => {
        process.removeAllListeners("uncaughtException");
        for (const other of others) process.on("uncaughtException", other);
      });
    });
  });
}

test("a client opens where events.once waits for it", async () => {
  await using listener = await listen();
  const client = new WebSocket(listener.url);
  const [event] = (await once(client, "open")) as [Event];
  expect([event.type, client.readyState]).toEqual(["open", 1]);
  client.terminate();
});

test("the extensions that were agreed on are the socket's", async () => {
  await using listener = await listen({ perMessageDeflate: true });
  const client = await connect(listener.url, { perMessageDeflate: true });
  expect(client.extensions).toMatch(/^permessage-deflate/);
  client.terminate();
});
