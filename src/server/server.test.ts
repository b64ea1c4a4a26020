import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { WebSocket } from "../websocket/index.ts";
import { createServer, type Server, type ServerOptions } from "./server.ts";

async function listening(options: ServerOptions = {}) {
  const app = createServer(options);
  const { port, url } = await app.listen(0, "127.0.0.1");
  return { app, port, url, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

async function dial(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace("http", "ws"));
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = ({ message }) => reject(new Error(message));
  });
  return socket;
}

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
}

/** A bare connection, for what no HTTP client would do. */
async function dialTcp(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket.setEncoding("utf8");
}

describe("Server", () => {
  test("tells where it listens, and null before and after", async () => {
    const app = createServer();
    expect(app.address()).toBeNull();
    const address = await app.listen(0, "127.0.0.1");
    expect(address).toEqual(app.address());
    expect(address).toMatchObject({
      address: "127.0.0.1",
      family: "IPv4",
      url: `http://127.0.0.1:${address.port}`,
    });
    await app.close();
    expect(app.address()).toBeNull();
  });

  test("writes an IPv6 address in brackets", async () => {
    await using app = createServer();
    expect((await app.listen(0, "::1")).url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  });

  test("takes connections at its path by onconnection, which may be set at any time", async () => {
    await using place = await listening({ path: "/live" });
    await expect(dial(`${place.url}/live`)).rejects.toThrow("404");
    place.app.onconnection = ({ socket }) => socket.close(4001);
    expect(await closeCode(await dial(`${place.url}/live`))).toBe(4001);
    place.app.onconnection = ({ socket, request }) => socket.close(4002, request.url);
    expect(await closeCode(await dial(`${place.url}/live`))).toBe(4002);
  });

  test("has /ropeway as its path by default", async () => {
    await using place = await listening();
    place.app.onconnection = ({ socket }) => socket.close(4000);
    expect(await closeCode(await dial(`${place.url}/ropeway`))).toBe(4000);
  });

  test("keeps endpoints apart, with options of their own over the server's", async () => {
    await using place = await listening({
      origins: [],
      endpoints: {
        "/a": ({ socket }) => socket.close(4001),
        "/b": { onconnection: ({ socket }) => socket.close(4002), handleProtocols: ["chat"] },
      },
    });
    expect(await closeCode(await dial(`${place.url}/a`))).toBe(4001);
    expect(await closeCode(await dial(`${place.url}/b`))).toBe(4002);
    await expect(dial(`${place.url}/c`)).rejects.toThrow("404");
  });

  test("publishes to the subscribers of an endpoint, from outside and from its handlers", async () => {
    await using place = await listening();
    const room = place.app.endpoint("/room", ({ socket, server }) => {
      socket.subscribe("all");
      socket.onmessage = ({ data }) => server.publish("all", `heard ${data as string}`);
    });
    const heard: unknown[] = [];
    const [one, two] = [await dial(`${place.url}/room`), await dial(`${place.url}/room`)];
    two.onmessage = ({ data }) => heard.push(data);
    expect(room.clients.size).toBe(2);
    expect(room.publish("all", "hello")).toBe(2);
    one.send("me");
    await expect.poll(() => heard).toEqual(["hello", "heard me"]);
  });

  test("has endpoints without clients before it listens", () => {
    const room = createServer().endpoint("/room", () => {});
    expect([room.path, room.clients.size, room.publish("all", "hello")]).toEqual(["/room", 0, 0]);
  });
});

describe("Server over HTTP", () => {
  test("counts connections at /healthz, and lets nobody keep the answer", async () => {
    await using place = await listening({ endpoints: { "/a": () => {}, "/b": () => {} } });
    await Promise.all([dial(`${place.url}/a`), dial(`${place.url}/b`)]);
    const response = await fetch(`${place.url}/healthz?x=1`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ status: "ok", connections: 2 });
    expect((await fetch(`${place.url}/healthz`, { method: "HEAD" })).status).toBe(200);
  });

  test("tells a plain request at an endpoint to upgrade", async () => {
    await using place = await listening({ endpoints: { "/a": () => {} } });
    const response = await fetch(`${place.url}/a`);
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });

  test("answers 404 without files, and 405 to what would change something", async () => {
    await using place = await listening();
    expect((await fetch(`${place.url}/index.html`)).status).toBe(404);
    const response = await fetch(place.url, { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("sends a policy under which a page reaches its own server only", async () => {
    await using place = await listening();
    const { headers } = await fetch(place.url);
    const host = new URL(place.url).host;
    expect(headers.get("content-security-policy")?.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'self'",
        `connect-src 'self' ws://${host} wss://${host}`,
        "img-src 'self' blob: data:",
        "frame-ancestors 'none'",
      ]),
    );
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });

  test("takes nothing into the policy from a Host that is none", async () => {
    await using place = await listening();
    const socket = await dialTcp(place.port);
    socket.end("GET / HTTP/1.1\r\nHost: a; script-src *\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [string];
    expect(answer).toContain("connect-src 'self';");
    expect(answer).not.toContain("script-src *");
  });

  test("survives requests that are none", async () => {
    await using place = await listening();
    const socket = await dialTcp(place.port);
    socket.end("NONSENSE\r\n\r\n");
    expect((await once(socket, "data"))[0]).toContain("400 Bad Request");
    expect((await fetch(`${place.url}/healthz`)).status).toBe(200);
  });
});

describe("Server that cannot start", () => {
  test("says that its port is in use, and can try another one", async () => {
    await using other = await listening();
    await using app = createServer();
    await expect(app.listen(other.port, "127.0.0.1")).rejects.toMatchObject({
      name: "ServerError",
      code: "SERVER_PORT_IN_USE",
      port: other.port,
    });
    expect((await app.listen(0, "127.0.0.1")).port).not.toBe(other.port);
  });

  test.each([-1, 65_536, 1.5, Number.NaN])("refuses the port %d", async (port) => {
    await expect(createServer().listen(port)).rejects.toThrow(
      `port is ${port}; it is a whole number from 0 to 65535`,
    );
  });

  test("starts once", async () => {
    await using place = await listening();
    await expect(place.app.listen(0)).rejects.toThrow("a server starts once");
    expect(() => place.app.attach(createHttpServer())).toThrow("a server starts once");
  });

  test("refuses to listen after close, and while it is being closed", async () => {
    const app = createServer();
    const starting = app.listen(0, "127.0.0.1");
    await app.close();
    await expect(starting).rejects.toMatchObject({ code: "SERVER_CLOSED" });
    await expect(app.listen(0)).rejects.toThrow("a server starts once");
  });

  test.each([
    ["", "begins with /"],
    ["a", "begins with /"],
    ["/a?b", "has no ? or #"],
    ["/healthz", "is that of the health check"],
    ["/taken", "is taken by another endpoint"],
  ])("refuses an endpoint at %j", (path, words) => {
    const app = createServer({ endpoints: { "/taken": () => {} } });
    expect(() => app.endpoint(path, () => {})).toThrow(words);
  });

  test("refuses an engine's option where it is given, not when it listens", () => {
    const options = { onconnection: () => {}, maxPayload: -1 };
    expect(() => createServer({ endpoints: { "/a": options } })).toThrow(/maxPayload is -1/);
  });

  test.each([
    ["no PEM", "no PEM"],
    ["", ""],
  ])("refuses the certificate %j", async (cert, key) => {
    await expect(createServer({ tls: { cert, key } }).listen(0)).rejects.toThrow(/^Option tls /);
  });
});

describe("Server.close", () => {
  test("closes WebSockets with 1001 and refuses new ones", async () => {
    const place = await listening({ endpoints: { "/a": () => {} } });
    const code = closeCode(await dial(`${place.url}/a`));
    await place.app.close();
    expect(await code).toBe(1001);
    await expect(fetch(place.url)).rejects.toThrow("fetch failed");
    expect(() => place.app.endpoint("/b", () => {})).toThrow("comes after close()");
  });

  test("answers 503 at /healthz to a request under way, and ends its connection", async () => {
    const place = await listening();
    const socket = await dialTcp(place.port);
    socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n");
    await once(
      await dialTcp(place.port).then((other) => other.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
      "data",
    );
    const closed = place.app.close({ graceMs: 60_000 });
    socket.write("\r\n");
    const [answer] = (await once(socket, "data")) as [string];
    expect(answer).toContain("503 Service Unavailable");
    expect(answer).toContain("Connection: close");
    expect(answer).toContain('"status":"closing"');
    await closed;
  });

  test("ends idle connections at once", async () => {
    const place = await listening();
    const socket = await dialTcp(place.port);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
    await Promise.all([place.app.close({ graceMs: 60_000 }), once(socket, "close")]);
    expect(place.app.address()).toBeNull();
  });

  test("lets an answer that is on its way arrive, and ends its connection then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ropeway-server-"));
    writeFileSync(join(folder, "large.bin"), Buffer.alloc(32 * 1024 * 1024));
    const place = await listening({ static: folder });
    const socket = await dialTcp(place.port);
    socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "readable");
    const closed = place.app.close({ graceMs: 60_000 });
    const answer = await text(socket);
    expect(answer.length - answer.indexOf("\r\n\r\n") - 4).toBe(32 * 1024 * 1024);
    await closed;
    rmSync(folder, { recursive: true });
  });

  test("destroys what is left at the deadline", async () => {
    const place = await listening();
    const socket = await dialTcp(place.port);
    socket.on("error", () => {}).write("GET / HTTP/1.1\r\n");
    await once(
      await dialTcp(place.port).then((other) => other.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
      "data",
    );
    await Promise.all([place.app.close({ graceMs: 20 }), once(socket, "close")]);
    expect(place.app.address()).toBeNull();
  });

  test("does the same work once, however often it is called, and nothing before the start", async () => {
    const app = createServer();
    const closed = app.close();
    expect(app.close()).toBe(closed);
    await closed;
  });
});

describe("Server.attach", () => {
  async function attached(app: Server) {
    const owner = vi.fn<() => void>();
    const httpServer = createHttpServer((_request, response) => {
      owner();
      response.end("the owner's");
    });
    app.attach(httpServer);
    await once(httpServer.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
    const close = async () => {
      httpServer.closeAllConnections();
      httpServer.close();
      await once(httpServer, "close");
    };
    return { url, owner, [Symbol.asyncDispose]: close };
  }

  test("takes WebSockets and leaves requests to the owner", async () => {
    await using app = createServer({ endpoints: { "/a": ({ socket }) => socket.close(4000) } });
    await using place = await attached(app);
    expect(await closeCode(await dial(`${place.url}/a`))).toBe(4000);
    expect(await (await fetch(`${place.url}/healthz`)).text()).toBe("the owner's");
    expect(app.address()?.url).toBe(place.url);
  });

  test("closes its WebSockets and leaves the HTTP server running", async () => {
    const app = createServer({ endpoints: { "/a": () => {} } });
    await using place = await attached(app);
    const code = closeCode(await dial(`${place.url}/a`));
    await app.close();
    expect(await code).toBe(1001);
    expect((await fetch(place.url)).status).toBe(200);
  });
});
