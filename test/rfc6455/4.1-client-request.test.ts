import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";

/** The request that a client sends. */
async function requestOf(path: string, protocols?: string[], options?: { origin?: string }) {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url(path), protocols, options));
  const { peer, request } = await server.acceptRequest();
  const after = peer.stream.waiting.length;
  engine.connection.close();
  return { request, port: server.port, after };
}

test("[6455-4.1-1 client] [6455-4.1-14 client] connects, sends its handshake, and is open once the server has answered", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url("/chat")));
  const { peer, request } = await server.acceptRequest();
  expect(engine.connection.readyState).toBe(WebSocket.CONNECTING);
  answer(peer, request);
  await engine.opened;
  expect(engine.connection.readyState).toBe(WebSocket.OPEN);
});

test("[6455-4.1-15 client] sends what an HTTP server reads as a request", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const upgraded = new Promise<string | undefined>((resolve) => {
    server.once("upgrade", (request, socket) => {
      resolve(`${request.method} ${request.url} ${request.httpVersion} ${request.headers.upgrade}`);
      socket.destroy();
    });
  });
  const engine = new Observed(
    new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`),
  );
  expect(await upgraded).toBe("GET /a?b=c 1.1 websocket");
  await engine.closed;
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  ["/", "GET / HTTP/1.1"],
  ["", "GET / HTTP/1.1"],
  ["/chat/room?x=1&y=%20", "GET /chat/room?x=1&y=%20 HTTP/1.1"],
  ["?only=query", "GET /?only=query HTTP/1.1"],
  ["//host/path", "GET //host/path HTTP/1.1"],
])(
  "[6455-4.1-16 client] [6455-4.1-17 client] [6455-4.1-18 client] asks for %j by %j",
  async (path, startLine) => {
    const { request } = await requestOf(path);
    expect(request.startLine).toBe(startLine);
  },
);

test("[6455-4.1-19 client] names host and port in one Host field", async () => {
  const { request, port } = await requestOf("/");
  expect(request.field("host")).toBe(`127.0.0.1:${port}`);
});

test("[6455-4.1-20 client] [6455-4.1-21 client] [6455-4.1-22 client] [6455-4.1-23 client] asks to upgrade to websocket", async () => {
  const { request } = await requestOf("/");
  expect(request.field("upgrade")).toBe("websocket");
  expect(request.field("connection")).toBe("Upgrade");
});

test("[6455-4.1-24 client] [6455-4.1-25 client] [6455-4.1-26 client] sends a key of 16 random bytes, another for each connection", async () => {
  const keys: string[] = [];
  for (let i = 0; i < 20; i++) keys.push((await requestOf("/")).request.field("sec-websocket-key") ?? "");
  for (const key of keys) {
    expect(Buffer.from(key, "base64")).toHaveLength(16);
    expect(Buffer.from(key, "base64").toString("base64")).toBe(key);
  }
  expect(new Set(keys)).toHaveLength(20);
});

test("[6455-4.1-27 client] sends the Origin that it is given, as a browser's agent must, and none by itself", async () => {
  const { request } = await requestOf("/", [], { origin: "https://app.example" });
  expect(request.field("origin")).toBe("https://app.example");
  expect((await requestOf("/")).request.field("origin")).toBeUndefined();
});

test("[6455-4.1-28 client] [6455-4.1-29 client] asks for version 13", async () => {
  const { request } = await requestOf("/");
  expect(request.field("sec-websocket-version")).toBe("13");
});

test("offers subprotocols in the order of preference", async () => {
  const { request } = await requestOf("/", ["chat.v2", "chat", "!#$%&'*+-.^_`|~09AZaz"]);
  expect(request.field("sec-websocket-protocol")).toBe("chat.v2, chat, !#$%&'*+-.^_`|~09AZaz");
});

const separators = '()<>@,;:\\"/[]?={} \t'.split("");

test.each([
  "",
  "a b",
  "caf\u00e9",
  "a\u0000",
  "a\u007f",
  "a\r\nX: y",
  ...separators.map((character) => `a${character}`),
])("[6455-4.1-30 client] refuses to offer %j as a subprotocol", (protocol) => {
  expect(() => new WebSocket("ws://127.0.0.1:9/", protocol)).toThrow(
    expect.objectContaining({ name: "SyntaxError", constructor: DOMException }),
  );
});

test("[6455-4.1-31 client] refuses to offer a subprotocol twice", () => {
  expect(() => new WebSocket("ws://127.0.0.1:9/", ["chat", "other", "chat"])).toThrow(
    expect.objectContaining({ name: "SyntaxError", constructor: DOMException }),
  );
});

test.each([
  "ws://",
  "ws://127.0.0.1:PORT0000/",
  "ws://[::1/",
  "ws://127.0.0.1:PORT/#part",
  "ftp://127.0.0.1:PORT/",
  "127.0.0.1",
  "ws://a b/",
])("[6455-4.1-2 client] [6455-4.1-3 client] refuses the URI %s and connects nowhere", async (template) => {
  await using server = await RawServer.listen();
  const url = template.replace("PORT", String(server.port));
  expect(() => new WebSocket(url)).toThrow(
    expect.objectContaining({ name: "SyntaxError", constructor: DOMException }),
  );
  expect(server.opened).toBe(0);
});

test("[6455-4.1-32 client] sends nothing more before the server has answered", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer, request } = await server.acceptRequest();
  expect(() => engine.connection.send("early")).toThrow(
    expect.objectContaining({ name: "InvalidStateError" }),
  );
  expect(peer.stream.waiting).toHaveLength(0);
  answer(peer, request);
  await engine.opened;
  engine.connection.send("first");
  expect((await peer.readFrame()).payload.toString()).toBe("first");
});
