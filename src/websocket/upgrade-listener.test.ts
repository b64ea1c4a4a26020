import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { type Certificate, makeCertificate } from "../../test/raw-peer/certificate.ts";
import type { WebSocketServerOptions } from "./server-options.ts";
import { WebSocketServer } from "./websocket-server.ts";
import { WebSocket } from "./websocket.ts";

let certificate: Certificate;
/** What a TLS client says first. */
let clientHello: Buffer;

beforeAll(async () => {
  certificate = await makeCertificate();
  clientHello = await recordClientHello();
});

async function recordClientHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectTls((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  const [chunk] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  server.close();
  return chunk;
}

/** A server with TLS whose own timeouts are longer than a test may last. */
async function listening(options: WebSocketServerOptions = {}) {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    tls: certificate,
    handshakeTimeout: 600_000,
    ...options,
  });
  await server.listening;
  const { port } = server.address() as AddressInfo;
  return { server, port, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

/** A TCP connection that has said so much of TLS and has been seen by the server, if it answers that. */
async function dial(port: number, bytes: Uint8Array): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

/** A TLS connection that has spoken no HTTP yet. */
async function dialTls(port: number): Promise<TLSSocket> {
  const transport = connect({ port, host: "127.0.0.1" });
  const socket = connectTls({ socket: transport, servername: "localhost", ca: certificate.cert });
  socket.allowHalfOpen = true;
  await once(socket, "secureConnect");
  return socket;
}

async function opened(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, [], { ca: certificate.cert });
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = ({ message }) => reject(new Error(message));
  });
  return socket;
}

const beginnings: [string, () => Buffer][] = [
  ["nothing", () => Buffer.alloc(0)],
  ["half a ClientHello", () => clientHello.subarray(0, 50)],
  ["a ClientHello", () => clientHello],
];

describe("a TLS handshake that does not end", () => {
  test.each(beginnings)("has no socket any more once its client has left after %s", async (_name, bytes) => {
    await using place = await listening();
    const socket = await dial(place.port, bytes());
    socket.resume().end();
    await expect(once(socket, "close")).resolves.toEqual([false]);
    await place.server.close();
  });

  test.each(beginnings)("does not hold up close() after %s", async (_name, bytes) => {
    await using place = await listening();
    const silent = await dial(place.port, bytes());
    silent.resume();
    // Connections are taken in their order, so this one tells that the server has the other one.
    const socket = await opened(place.port);
    await Promise.all([place.server.close({ graceMs: 0 }), once(silent, "end")]);
    expect(socket.readyState).toBeGreaterThan(1);
  });

  test("counts as a connection: what comes beside it past connectionsMax is refused", async () => {
    await using place = await listening({ connectionsMax: 2 });
    const silent = await dial(place.port, clientHello);
    await once(silent, "data");
    const first = await opened(place.port);
    await expect(opened(place.port)).rejects.toThrow("503");
    silent.destroy();
    first.close();
    await expect
      .poll(() =>
        opened(place.port).then(
          ({ readyState }) => readyState,
          () => 0,
        ),
      )
      .toBe(1);
  });

  test("is not begun while as many as connectionsMax are under way", async () => {
    await using place = await listening({ connectionsMax: 1 });
    const silent = await dial(place.port, clientHello);
    await once(silent, "data");
    const socket = await dial(place.port, clientHello);
    expect(await once(socket, "end")).toEqual([]);
    expect(silent.readyState).toBe("open");
  });
});

describe("a TLS connection", () => {
  test("gets all that was sent on it although its client has ended its own direction", async () => {
    await using place = await listening();
    const messages = Array.from({ length: 64 }, () => Buffer.alloc(100_000));
    place.server.onconnection = ({ socket }) => {
      for (const message of messages) socket.send(message);
    };
    const socket = await dialTls(place.port);
    socket.end(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    let bytes = 0;
    for await (const chunk of socket) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(messages.length * 100_000);
  });
});
