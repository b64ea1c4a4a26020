import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { WebSocket, WebSocketServer, type WebSocketServerOptions } from "../../src/websocket/index.ts";

const curl = requireTool("curl");

/** The handshake of RFC 6455 §1.3. */
const handshake = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

describe.skipIf(curl.missing)("our server with curl", () => {
  test("accepts the handshake of the RFC with the key of the RFC", async () => {
    await using server = await listen({ closeTimeout: 100 });
    server.onconnection = ({ socket }) => {
      socket.send("hello");
      socket.close(1000, "bye");
    };
    const output = await request(server, { headers: handshake });
    const [head, frames] = output.split("\r\n\r\n");
    expect(head!.split("\r\n")).toEqual([
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]);
    expect(frames).toBe("\x81\x05hello\x88\x05\x03\xe8bye");
  });

  test("agrees on a subprotocol and compression", async () => {
    await using server = await listen({
      closeTimeout: 100,
      handleProtocols: ["chat"],
      perMessageDeflate: true,
    });
    server.onconnection = ({ socket }) => socket.close();
    const offer = { "Sec-WebSocket-Protocol": "x, chat", "Sec-WebSocket-Extensions": "permessage-deflate" };
    const output = await request(server, { headers: { ...handshake, ...offer } });
    expect(output).toContain("\r\nSec-WebSocket-Protocol: chat\r\n");
    expect(output).toMatch(/\r\nSec-WebSocket-Extensions: permessage-deflate; .*no_context_takeover/);
  });

  test.each<[what: string, status: string, sentence: string, refused: Partial<Refused>]>([
    ["no Upgrade", "426 Upgrade Required", "has no Upgrade header", { headers: {} }],
    ["version 8", "426 Upgrade Required", "is 8, 13 is", { change: { "Sec-WebSocket-Version": "8" } }],
    ["a short key", "400 Bad Request", "base64 of 16 bytes", { change: { "Sec-WebSocket-Key": "short" } }],
    ["POST", "405 Method Not Allowed", "The method is POST", { args: ["-X", "POST"] }],
    ["another path", "404 Not Found", "no WebSocket at /chat", { options: { path: "/elsewhere" } }],
    ["another origin", "403 Forbidden", '["https://a.example"]', { change: { Origin: "https://a.example" } }],
    ["the origin null", "403 Forbidden", 'Origin "null" may not', { change: { Origin: "null" } }],
    ["a stranger", "401 Unauthorized", "does not accept", { options: { verifyClient: () => false } }],
    ["one too many", "503 Service Unavailable", "its limit", { options: { connectionsMax: 1 }, others: 1 }],
  ])("refuses %s with %s and a sentence", async (_, status, sentence, refused) => {
    const { headers = { ...handshake, ...refused.change }, options, args = [], others = 0 } = refused;
    await using server = await listen(options);
    for (let count = 0; count < others; count++) await connectAnother(server);
    const [head, body] = (await request(server, { headers, args })).split("\r\n\r\n");
    expect(head!.split("\r\n")[0]).toBe(`HTTP/1.1 ${status}`);
    expect(body).toContain(sentence);
  });

  test("names the version that it speaks to whoever speaks another", async () => {
    await using server = await listen();
    const headers = { ...handshake, "Sec-WebSocket-Version": "8" };
    expect(await request(server, { headers })).toContain("\r\nSec-WebSocket-Version: 13\r\n");
  });
});

interface Refused {
  headers: Record<string, string>;
  /** What is different from the RFC's handshake. */
  change: Record<string, string>;
  args: string[];
  options: WebSocketServerOptions;
  /** Connections that are open already. */
  others: number;
}

async function listen(options: WebSocketServerOptions = {}): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await server.listening;
  return server;
}

async function connectAnother(server: WebSocketServer): Promise<void> {
  const connected = new Promise((resolve) => server.addEventListener("connection", resolve));
  const { port } = server.address() as AddressInfo;
  void new WebSocket(`ws://127.0.0.1:${port}`);
  await connected;
}

/** Everything that curl received, in Latin-1. */
async function request(
  server: WebSocketServer,
  { headers, args = [] }: { headers: Record<string, string>; args?: readonly string[] },
): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const how = ["--silent", "--include", "--no-buffer", "--http1.1", "--max-time", "10"];
  const child = spawn(curl.path, [...how, ...fields, ...args, `http://127.0.0.1:${port}/chat`]);
  return await text(child.stdout.setEncoding("latin1"));
}
