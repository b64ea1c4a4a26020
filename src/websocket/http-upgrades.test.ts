import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../../test/raw-peer/certificate.ts";
import type { Fields } from "../../test/raw-peer/http-head.ts";
import { connectRaw, formatRequest, requestRaw } from "../../test/raw-peer/raw-client.ts";
import { hear, hearMessages } from "../../test/websocket/hear.ts";
import { connect } from "../../test/websocket/line.ts";
import { WebSocket, WebSocketServer } from "./index.ts";

interface TestHttpServer extends AsyncDisposable {
  http: Server;
  port: number;
}

async function listenHttp(handler: RequestListener = (_request, response) => response.end("page")) {
  return bind(createServer(handler));
}

async function bind(http: Server): Promise<TestHttpServer> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    http,
    port: (http.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

interface Answer {
  status: number;
  body: string;
  connection: string | undefined;
}

/** A whole request and the whole of its answer; the server ends the connection. */
async function ask(port: number, fields: Fields, startLine?: string, body = ""): Promise<Answer> {
  await using peer = await connectRaw(port);
  peer.write(formatRequest(port, startLine === undefined ? { fields } : { fields, startLine }) + body);
  const { status, field } = await readHeadOf(peer);
  return { status, body: (await peer.stream.rest()).toString(), connection: field("connection") };
}

async function readHeadOf(peer: Awaited<ReturnType<typeof connectRaw>>) {
  const head = await peer.readHead();
  return { status: head.status, field: (name: string) => head.field(name) };
}

const h2c = { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__" };

describe("engines on an HTTP server", () => {
  test("take the upgrades, and leave requests to the server", async () => {
    await using server = await listenHttp();
    await using engine = new WebSocketServer({ server: server.http });
    engine.onconnection = ({ socket, request }) => {
      expect(request.incoming?.url).toBe("/live");
      socket.onmessage = ({ data }) => socket.send(data);
    };
    expect(await (await fetch(`http://127.0.0.1:${server.port}/`)).text()).toBe("page");
    const client = await connect(`ws://127.0.0.1:${server.port}/live`);
    const heard = hearMessages(client, 1);
    client.send("echo");
    expect(await heard).toEqual(["echo"]);
    expect(engine.address()).toEqual(server.http.address());
    client.terminate();
  });

  test("share it by path: each gets its own, one without a path the rest", async () => {
    await using server = await listenHttp();
    await using a = new WebSocketServer({ server: server.http, path: "/a" });
    await using rest = new WebSocketServer({ server: server.http });
    await using b = new WebSocketServer({ server: server.http, path: "/b" });
    for (const [engine, name] of [
      [a, "a"],
      [b, "b"],
      [rest, "rest"],
    ] as const) {
      engine.onconnection = ({ socket }) => socket.close(4000, name);
    }
    const reasons = ["a", "b?x=/a", "a/b", ""].map(async (path) => {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}/${path}`);
      return (await hear(client, "close")).reason;
    });
    expect(await Promise.all(reasons)).toEqual(["a", "b", "rest", "rest"]);
  });

  test.each([{ path: "/a" }, {}])("have a place each: %j twice is a TypeError", async (options) => {
    await using server = await listenHttp();
    await using first = new WebSocketServer({ server: server.http, ...options });
    expect(() => new WebSocketServer({ server: server.http, ...options })).toThrow(TypeError);
    expect(() => new WebSocketServer({ server: server.http, ...options })).toThrow(
      /give each a path of its own/,
    );
    await first.close();
    await using again = new WebSocketServer({ server: server.http, ...options });
    expect(again.clients.size).toBe(0);
  });

  test("that have closed leave no listener behind", async () => {
    await using server = await listenHttp();
    const engines = ["/a", "/b"].map((path) => new WebSocketServer({ server: server.http, path }));
    expect(server.http.listenerCount("upgrade")).toBe(1);
    for (const engine of engines) await engine.close();
    expect(server.http.listenerCount("upgrade")).toBe(0);
  });

  test("may be on an https server", async () => {
    const certificate = await makeCertificate();
    await using server = await bind(createHttpsServer(certificate));
    await using engine = new WebSocketServer({ server: server.http });
    const seen = new Promise((resolve) => {
      engine.onconnection = ({ socket, request }) => resolve([socket.url, request.encrypted]);
    });
    const client = await connect(`wss://127.0.0.1:${server.port}/x`, { ca: certificate.cert });
    expect(await seen).toEqual([`wss://127.0.0.1:${server.port}/x`, true]);
    client.terminate();
  });

  test("take frames that came with the request", async () => {
    await using server = await listenHttp();
    await using engine = new WebSocketServer({ server: server.http });
    const heard = new Promise<string[]>((resolve) => {
      engine.onconnection = ({ socket }) => void hearMessages(socket, 1).then(resolve);
    });
    await using peer = await connectRaw(server.port);
    const frame = peer.encode({ opcode: 1, payload: "at once" }).toString("latin1");
    peer.write(formatRequest(server.port) + frame);
    expect(await heard).toEqual(["at once"]);
  });

  test("hold more headers than headersMax against the request", async () => {
    await using server = await listenHttp();
    await using _engine = new WebSocketServer({ server: server.http, headersMax: 6 });
    expect(await ask(server.port, { "X-1": "1", "X-2": "2" })).toMatchObject({ status: 431 });
  });
});

describe("an upgrade that no engine claims", () => {
  test("to WebSocket gets 404 and is ended", async () => {
    await using server = await listenHttp();
    await using _engine = new WebSocketServer({ server: server.http, path: "/live" });
    const answer = await ask(server.port, {}, "GET /other HTTP/1.1");
    expect(answer).toMatchObject({
      status: 404,
      body: "There is no WebSocket at /other.\n",
      connection: "close",
    });
  });

  test("is left alone if somebody else listens", async () => {
    await using server = await listenHttp();
    await using _engine = new WebSocketServer({ server: server.http, path: "/live" });
    server.http.on("upgrade", (request, socket: Duplex) => {
      if (request.url === "/other") socket.end("HTTP/1.1 299 Mine\r\n\r\n");
    });
    expect(await ask(server.port, {}, "GET /other HTTP/1.1")).toMatchObject({ status: 299 });
    expect(await ask(server.port, h2c, "GET /other HTTP/1.1")).toMatchObject({ status: 299 });
    const client = await connect(`ws://127.0.0.1:${server.port}/live`);
    client.terminate();
  });

  test("to h2c is served as an ordinary request, and its connection ended", async () => {
    await using server = await listenHttp((request, response) => response.end(`page of ${request.url}`));
    await using _engine = new WebSocketServer({ server: server.http });
    const answer = await ask(server.port, h2c, "GET /page HTTP/1.1");
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("page of /page");
    expect(answer.connection).toBe("close");
  });

  test("to h2c with a body is refused with 501, as Node has stopped reading it", async () => {
    await using server = await listenHttp();
    await using _engine = new WebSocketServer({ server: server.http });
    const sized = await ask(server.port, { ...h2c, "Content-Length": "4" }, "POST / HTTP/1.1", "body");
    expect(sized.status).toBe(501);
    const chunked = await ask(
      server.port,
      { ...h2c, "Transfer-Encoding": "chunked" },
      "POST / HTTP/1.1",
      "0\r\n\r\n",
    );
    expect(chunked.status).toBe(501);
  });

  test("that lists websocket among others is a WebSocket's", async () => {
    await using server = await listenHttp();
    await using _engine = new WebSocketServer({ server: server.http });
    const { peer, response } = await requestRaw(server.port, { fields: { Upgrade: "h2c, WebSocket" } });
    expect(response.status).toBe(101);
    await peer[Symbol.asyncDispose]();
  });
});

describe("handleUpgrade", () => {
  test("makes a connection of a socket that the caller was handed", async () => {
    await using server = await listenHttp();
    await using engine = new WebSocketServer();
    server.http.on("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    engine.onconnection = ({ socket }) => socket.send("welcome");
    const client = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    expect(await hearMessages(client, 1)).toEqual(["welcome"]);
    client.terminate();
  });

  test("refuses like any other way", async () => {
    await using server = await listenHttp();
    await using engine = new WebSocketServer({ path: "/live" });
    server.http.on("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    expect(await ask(server.port, {}, "GET /other HTTP/1.1")).toMatchObject({ status: 404 });
    expect(await ask(server.port, { "Sec-WebSocket-Key": "short" }, "GET /live HTTP/1.1")).toMatchObject({
      status: 400,
    });
    expect(await ask(server.port, { Origin: "https://other.example" }, "GET /live HTTP/1.1")).toMatchObject({
      status: 403,
    });
  });

  test("of a socket that is destroyed meanwhile leaves nothing behind", async () => {
    await using server = await listenHttp();
    const [asked, verdict] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
    await using engine = new WebSocketServer({
      connectionsMax: 1,
      verifyClient: () => {
        asked.resolve();
        return verdict.promise;
      },
    });
    let count = 0;
    engine.onconnection = () => void count++;
    const gone = new Promise<void>((resolve) => {
      server.http.once("upgrade", (request, socket, head) => {
        engine.handleUpgrade(request, socket, head);
        void asked.promise.then(() => {
          socket.destroy();
          resolve();
        });
      });
    });
    const client = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    await gone;
    verdict.resolve(true);
    await hear(client, "close");
    expect([count, engine.clients.size]).toEqual([0, 0]);
    server.http.once("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    const next = await connect(`ws://127.0.0.1:${server.port}/`);
    next.terminate();
  });
});
