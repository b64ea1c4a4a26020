import { connect as connectTcp } from "node:net";
import { describe, expect, test } from "vitest";
import { type Certificate, makeCertificate } from "../../test/raw-peer/certificate.ts";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { connect, listen } from "../../test/websocket/line.ts";
import { WebSocket, type WebSocketServerOptions } from "./index.ts";

const certificate: Certificate = await makeCertificate();
const { cert: ca } = certificate;

function listenTls(options: WebSocketServerOptions = {}) {
  return listen({ tls: certificate, ...options });
}

describe("wss", () => {
  test("is spoken by the listener and the client", async () => {
    await using listener = await listenTls();
    const seen = new Promise((resolve) => {
      listener.server.onconnection = ({ socket, request }) => {
        resolve([socket.url, request.encrypted, request.remoteAddress]);
        socket.onmessage = ({ data }) => socket.send(data);
      };
    });
    const client = await connect(listener.url, { ca });
    const heard = hearMessages(client, 1);
    client.send("echo");
    expect(await heard).toEqual(["echo"]);
    expect(await seen).toEqual([listener.url, true, "127.0.0.1"]);
    client.close();
    expect(await hear(client, "close")).toMatchObject({ wasClean: true });
  });

  test("does not trust a certificate that nobody vouches for, unless it is told to", async () => {
    await using listener = await listenTls();
    const client = new WebSocket(listener.url);
    const [error] = await Promise.all([hear(client, "error"), hear(client, "close")]);
    expect(error.error).toMatchObject({
      code: "WS_CONNECT_FAILED",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    const trusting = await connect(listener.url, { rejectUnauthorized: false });
    trusting.terminate();
  });

  test("holds the certificate against the name that was called, or the one that is given", async () => {
    await using listener = await listenTls();
    const url = listener.url.replace("127.0.0.1", "localhost");
    const client = await connect(url, { ca });
    client.terminate();
    const wrong = new WebSocket(url, [], { ca, servername: "other.example" });
    expect((await hear(wrong, "error")).error).toMatchObject({
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  test("with a client certificate that is none throws, and leaves no connection", () => {
    expect(() => new WebSocket("wss://127.0.0.1/", [], { cert: "no certificate" })).toThrow(Error);
    expect(() => new WebSocket("wss://127.0.0.1/", [], { ca: 1 as never })).toThrow(TypeError);
  });

  test("drains and resumes: 8 MiB to a client that pauses arrive whole", async () => {
    await using listener = await listenTls();
    const chunks = 32;
    listener.server.onconnection = async ({ socket }) => {
      for (let i = 0; i < chunks; i++) {
        await socket.writable();
        socket.send(Buffer.alloc(256 * 1024, i));
      }
    };
    const client = new WebSocket(listener.url, [], { ca });
    client.binaryType = "arraybuffer";
    client.pause();
    const sums: number[] = [];
    const done = new Promise<void>((resolve) => {
      client.onmessage = ({ data }) => {
        const bytes = new Uint8Array(data as ArrayBuffer);
        expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
        if (sums.push(bytes[0]!) === chunks) resolve();
      };
    });
    await hear(client, "open");
    await new Promise(setImmediate);
    client.resume();
    await done;
    expect(sums).toEqual(Array.from({ length: chunks }, (_, i) => i));
    client.terminate();
  });
});

describe("a TLS listener", () => {
  test("ends who does not speak TLS, and goes on", async () => {
    await using listener = await listenTls();
    const client = new WebSocket(listener.url.replace("wss:", "ws:"), [], { handshakeTimeout: 5000 });
    const journal = journalOf(client);
    await hear(client, "close");
    expect(journal).toEqual(["error WS_CONNECT_FAILED", "close 1006"]);
    const next = await connect(listener.url, { ca });
    next.terminate();
  });

  test("ends who says nothing within handshakeTimeout", async () => {
    await using listener = await listenTls({ handshakeTimeout: 20 });
    const silent = connectTcp(listener.port, "127.0.0.1").resume();
    await new Promise((resolve) => silent.once("close", resolve).on("error", () => {}));
    expect(silent.destroyed).toBe(true);
  });

  test("closes at its deadline, also with handshakes of TLS under way", async () => {
    const listener = await listenTls();
    const silent = connectTcp(listener.port, "127.0.0.1").resume();
    const ended = new Promise((resolve) => silent.once("close", resolve).on("error", () => {}));
    await new Promise((resolve) => silent.once("connect", resolve));
    await new Promise(setImmediate);
    await listener.server.close({ graceMs: 0 });
    await ended;
    expect(silent.destroyed).toBe(true);
  });
});
