import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Connection, type Greeting, type Target } from "./connection.ts";
import { Connections } from "./connections.ts";

const accept =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";

/** The response to a handshake, with what follows it. */
function responseTo(request: string, headers = "", rest = ""): string {
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)![1]!;
  const hash = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `${accept}${hash}\r\n${headers}\r\n${rest}`;
}

/** A server that answers the first bytes of each connection so. */
async function listen(answer: (request: string, socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.once("data", (request) => answer(request.toString("latin1"), socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const target: Target = { url: new URL(`ws://127.0.0.1:${port}/path?query`) };
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { target, sockets, [Symbol.dispose]: close };
}

describe("Connection", () => {
  test("asks for what the target says", async () => {
    const asked = Promise.withResolvers<string>();
    using peer = await listen((request, socket) => {
      asked.resolve(request);
      socket.write(responseTo(request, "Sec-WebSocket-Protocol: chat\r\n"));
    });
    const wishes = { headers: { "X-One": "1" }, subprotocols: ["chat"], origin: "https://a.example" };
    const connection = await Connection.open({ ...peer.target, ...wishes, deflate: true });
    const request = await asked.promise;
    expect(request).toMatch(/^GET \/path\?query HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
    for (const line of [
      "X-One: 1",
      "Sec-WebSocket-Protocol: chat",
      "Origin: https://a.example",
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ]) {
      expect(request.split("\r\n")).toContain(line);
    }
    expect(connection.compresses).toBe(false);
    connection.cut();
  });

  test("knows whether the server compresses", async () => {
    const headers = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    using peer = await listen((request, socket) => socket.write(responseTo(request, headers)));
    const connection = await Connection.open({ ...peer.target, deflate: true });
    expect(connection.compresses).toBe(true);
    connection.cut();
  });

  test("connects to an address in place of the URL's host", async () => {
    using peer = await listen((request, socket) => socket.write(responseTo(request)));
    const url = new URL(peer.target.url);
    url.hostname = "nowhere.invalid";
    const connection = await Connection.open({ url, address: "127.0.0.1" });
    expect(connection.remoteAddress).toBe("127.0.0.1");
    connection.cut();
  });

  test("keeps what comes right behind the handshake", async () => {
    using peer = await listen((request, socket) =>
      socket.write(responseTo(request, "", "\x81\x02hi"), "latin1"),
    );
    const connection = await Connection.open(peer.target);
    expect(connection.rest.toString("latin1")).toBe("\x81\x02hi");
    connection.cut();
  });

  test("lets a greeting read before it is open", async () => {
    using peer = await listen((request, socket) => socket.write(responseTo(request, "", "hello, rest")));
    const greetings: string[] = [];
    const greet: Greeting = async (reader) => {
      const value = await reader.read((bytes) =>
        bytes.length < 5 ? null : { value: bytes.toString("latin1", 0, 5), length: 5 },
      );
      greetings.push(value);
    };
    const connection = await Connection.open(peer.target, greet);
    expect([greetings, connection.rest.toString()]).toEqual([["hello"], ", rest"]);
    connection.cut();
  });

  test.each<[string, (request: string, socket: Socket) => void, object]>([
    ["is refused", (_, socket) => socket.write("HTTP/1.1 403 No\r\n\r\n"), { code: "WS_HANDSHAKE_STATUS" }],
    [
      "has the wrong proof",
      (_, socket) => socket.write(`${accept}x\r\n\r\n`),
      { code: "WS_HANDSHAKE_ACCEPT" },
    ],
    ["is cut", (_, socket) => socket.destroy(), { code: "WS_CONNECTION_LOST" }],
    ["is not answered", () => {}, { code: "WS_HANDSHAKE_TIMEOUT" }],
    [
      "is answered without end",
      (_, socket) => socket.write(`HTTP/1.1 101 X\r\n${"A: b\r\n".repeat(60_000)}`),
      { code: "WS_HANDSHAKE_TOO_MANY_HEADERS" },
    ],
  ])("rejects if its handshake %s", async (_name, answer, error) => {
    using peer = await listen(answer);
    await expect(Connection.open({ ...peer.target, handshakeTimeoutMs: 200 })).rejects.toMatchObject(error);
  });

  test("is lost when its reader throws, and not when it was cut before", async () => {
    using peer = await listen((request, socket) => socket.write(responseTo(request)));
    const connection = await Connection.open(peer.target);
    const lost = new Promise<Error>((resolve) => {
      connection.onLost = resolve;
    });
    connection.onBytes = () => {
      throw new Error("unexpected");
    };
    for (const socket of peer.sockets) socket.write("x");
    expect((await lost).message).toBe("unexpected");
  });
});

describe("Connections", () => {
  test("fail what waits for them when one of them is lost", async () => {
    using peer = await listen((request, socket) => socket.write(responseTo(request)));
    using connections = await Connections.open(3, () => Connection.open(peer.target));
    expect(connections.list).toHaveLength(3);
    await connections.unlessLost(Promise.resolve());
    const waiting = connections.unlessLost(new Promise(() => {}));
    const [first] = peer.sockets;
    first!.end();
    await expect(waiting).rejects.toMatchObject({ code: "WS_CONNECTION_LOST" });
  });

  test("leave none open if one of them cannot be opened", async () => {
    let requests = 0;
    using peer = await listen((request, socket) =>
      socket.write(++requests === 2 ? "HTTP/1.1 503 Full\r\n\r\n" : responseTo(request)),
    );
    await expect(Connections.open(3, () => Connection.open(peer.target))).rejects.toMatchObject({
      status: 503,
    });
    const ended = [...peer.sockets].map(
      (socket) =>
        new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once("close", () => resolve()))),
    );
    await Promise.all(ended);
    expect([...peer.sockets].every((socket) => socket.closed)).toBe(true);
  });
});
