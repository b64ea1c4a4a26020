import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, Server, type Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { connectRaw, requestRaw } from "../../test/raw-peer/raw-client.ts";
import { hear, journalOf } from "../../test/websocket/hear.ts";
import { connect, listen, openLine } from "../../test/websocket/line.ts";
import { ConnectionEvent, WebSocket, WebSocketServer } from "./index.ts";

/** A port that is in use for as long as the test has it. */
async function takePort(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe("listening", () => {
  test("is told by a promise and an event, with an address", async () => {
    await using server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    expect(server.address()).toBeNull();
    const event = new Promise((resolve) => server.addEventListener("listening", resolve));
    await server.listening;
    expect(server.address()).toMatchObject({
      address: "127.0.0.1",
      family: "IPv4",
      port: expect.any(Number) as number,
    });
    expect(await event).toMatchObject({ type: "listening", target: server });
  });

  test("rejects with EADDRINUSE on a port that is in use", async () => {
    await using taken = await takePort();
    await using server = new WebSocketServer({ port: taken.port, host: "127.0.0.1" });
    await expect(server.listening).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("raises error where somebody listens for that, and is then no unhandled rejection", async () => {
    await using taken = await takePort();
    await using server = new WebSocketServer({ port: taken.port, host: "127.0.0.1" });
    const event = await new Promise((resolve) => {
      server.onerror = resolve;
    });
    expect(event).toMatchObject({ type: "error", error: { code: "EADDRINUSE" } });
  });

  test("goes on after a failure of the listener, which is an error event or a line in the log", async () => {
    const bind = vi.spyOn(Server.prototype, "listen");
    await using listener = await listen();
    const net = bind.mock.contexts[0] as Server;
    bind.mockRestore();
    net.emit("error", new Error("accept EMFILE"));
    expect(listener.warnings).toEqual(["The listener of a WebSocketServer failed: Error: accept EMFILE"]);
    const errors: unknown[] = [];
    listener.server.onerror = ({ error }) => errors.push(error);
    net.emit("error", new Error("again"));
    expect(errors).toEqual([new Error("again")]);
    const client = await connect(listener.url);
    client.terminate();
  });
});

describe("events of a server", () => {
  test("a connection has its socket and its request", async () => {
    await using listener = await listen();
    const event = new Promise<ConnectionEvent>((resolve) => {
      listener.server.onconnection = resolve;
    });
    const client = await connect(`${listener.url}live?a=b`);
    const { socket, request } = await event;
    expect(await event).toBeInstanceOf(ConnectionEvent);
    expect(request).toMatchObject({ url: "/live?a=b", method: "GET", remoteAddress: "127.0.0.1" });
    expect(socket).toMatchObject({ readyState: 1, binaryType: "nodebuffer", remoteAddress: "127.0.0.1" });
    expect(socket.url).toBe(client.url);
    expect([...listener.server.clients]).toEqual([socket]);
    client.terminate();
    await hear(socket, "close");
    expect(listener.server.clients.size).toBe(0);
  });

  test("an address is known when the transport is gone, though nobody has asked for it before", async () => {
    const line = await openLine();
    await using _line = line;
    line.client.terminate();
    await hear(line.socket, "close");
    expect(line.socket.remoteAddress).toBe("127.0.0.1");
  });

  test("what one connection asked for is not told of another", async () => {
    await using listener = await listen({ handleProtocols: ["a", "b"] });
    const accepted: string[][] = [];
    listener.server.onconnection = ({ socket }) => accepted.push([socket.url, socket.protocol]);
    const asked = [
      ["", "a"],
      ["", "b"],
      ["other", "b"],
      ["other", "b"],
    ];
    for (const [path, protocol] of asked) {
      const client = new WebSocket(`${listener.url}${path}`, protocol);
      await hear(client, "open");
      client.terminate();
    }
    expect(accepted).toEqual(asked.map(([path, protocol]) => [`${listener.url}${path}`, protocol]));
  });

  test.each(["listening", "close"] as const)(
    "what a %s listener throws or rejects with goes to the log",
    async (type) => {
      const warnings: string[] = [];
      const log = { warn: (message: string) => void warnings.push(message) };
      const server = new WebSocketServer({ port: 0, log });
      server.addEventListener(type, () => {
        throw new Error("thrown");
      });
      server.addEventListener(type, () => Promise.reject(new Error("rejected")));
      await server.listening;
      await server.close();
      await new Promise(setImmediate);
      const text = (error: string) => `A "${type}" listener of a WebSocketServer failed: Error: ${error}`;
      expect(warnings).toEqual([text("thrown"), text("rejected")]);
    },
  );

  test("attributes are null until they are set", () => {
    const server = new WebSocketServer();
    for (const name of ["onlistening", "onconnection", "onerror", "onclose"] as const) {
      expect(server[name]).toBeNull();
      const handler = (): void => {};
      server[name] = handler;
      expect(server[name]).toBe(handler);
    }
  });
});

describe("close", () => {
  test("closes every connection with 1001 and then tells", async () => {
    await using line = await openLine();
    const closed = hear(line.client, "close");
    const event = new Promise((resolve) => {
      line.server.onclose = resolve;
    });
    await line.server.close();
    expect(await closed).toMatchObject({ code: 1001, reason: "The server is stopping", wasClean: true });
    expect(await event).toMatchObject({ type: "close" });
    expect(line.server.clients.size).toBe(0);
  });

  test("frees the port", async () => {
    const listener = await listen();
    await listener.server.close();
    await using again = await listen({ port: listener.port });
    expect(again.port).toBe(listener.port);
  });

  test("is the same the second time, and waits for the first", async () => {
    const { server } = await listen();
    expect(server.close()).toBe(server.close());
    await server.close();
  });

  test("cuts whoever does not answer within the grace", async () => {
    await using listener = await listen();
    const accepted = new Promise<ConnectionEvent>((resolve) => {
      listener.server.onconnection = resolve;
    });
    const { peer } = await requestRaw(listener.port);
    const { socket } = await accepted;
    const journal = journalOf(socket);
    await listener.server.close({ graceMs: 20 });
    expect(await peer.readClose()).toMatchObject({ code: 1001 });
    await peer.ended;
    expect(journal).toEqual(["close 1006"]);
  });

  test("cuts a handshake that has not come to an end", async () => {
    const listener = await listen();
    const peer = await connectRaw(listener.port);
    peer.write("GET / HTTP/1.1\r\n");
    await new Promise<void>((resolve) => peer.stream.socket.write("", () => resolve()));
    await listener.server.close({ graceMs: 0 });
    await peer.ended;
    expect(peer.stream.waiting).toHaveLength(0);
  });

  test("does not wait for one that was refused and stays", async () => {
    const listener = await listen({ verifyClient: () => false });
    const { peer, response } = await requestRaw(listener.port);
    expect(response.status).toBe(401);
    const before = performance.now();
    await listener.server.close({ graceMs: 0 });
    expect(performance.now() - before).toBeLessThan(500);
    await peer[Symbol.asyncDispose]();
  });

  test("answers 503 meanwhile to upgrades of the HTTP server, which stays open", async () => {
    const http = createHttpServer((_request, response) => response.end("still here"));
    const server = new WebSocketServer({ server: http });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    const { peer } = await requestRaw(port);
    const closing = server.close({ graceMs: 10_000 });
    const late = await requestRaw(port);
    expect([late.response.status, late.response.field("retry-after")]).toEqual([503, "5"]);
    await peer.readClose();
    peer.sendClose(1001);
    await peer.ended;
    peer.end();
    await closing;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("still here");
    http.closeAllConnections();
    http.close();
  });

  test("of a server that could not listen resolves", async () => {
    await using taken = await takePort();
    const server = new WebSocketServer({ port: taken.port, host: "127.0.0.1" });
    server.onerror = () => {};
    await server.close();
    expect(server.address()).toBeNull();
  });

  test("from inside a message listener that awaits it comes to an end", async () => {
    await using line = await openLine();
    const done = new Promise<void>((resolve) => {
      line.socket.onmessage = async () => {
        await line.server.close();
        resolve();
      };
    });
    line.client.send("stop");
    await done;
    expect(line.client.readyState).toBeGreaterThanOrEqual(2);
  });

  test("from inside the connection handler closes that connection, too", async () => {
    await using listener = await listen();
    listener.server.onconnection = () => void listener.server.close();
    const client = new WebSocket(listener.url);
    expect(await hear(client, "close")).toMatchObject({ code: 1001, wasClean: true });
  });
});

describe("limits", () => {
  test("connectionsMax: the next one gets 503 with Retry-After, and room is room again", async () => {
    await using listener = await listen({ connectionsMax: 1 });
    const first = await connect(listener.url);
    const { peer, response } = await requestRaw(listener.port);
    expect([response.status, response.field("retry-after")]).toEqual([503, "5"]);
    expect((await peer.stream.rest()).toString()).toBe("This server has 1 connections, its limit.\n");
    peer.end();
    first.close();
    await hear(first, "close");
    await vi.waitUntil(() => listener.server.clients.size === 0);
    const third = await connect(listener.url);
    third.terminate();
  });

  test("connectionsMax counts handshakes under way", async () => {
    await using listener = await listen({ connectionsMax: 1 });
    await using slow = await connectRaw(listener.port);
    slow.write("GET / HTTP/1.1\r\n");
    await new Promise<void>((resolve) => slow.stream.socket.write("", () => resolve()));
    const { peer, response } = await requestRaw(listener.port);
    expect(response.status).toBe(503);
    peer.end();
  });

  test("handshakeTimeout: who asks for nothing gets 408, and is cut", async () => {
    await using listener = await listen({ handshakeTimeout: 20 });
    await using peer = await connectRaw(listener.port);
    peer.write("GET / HTTP/1.1\r\nHost:");
    expect((await peer.readHead()).status).toBe(408);
    expect((await peer.stream.rest()).toString()).toBe("The handshake took longer than 20 ms.\n");
  });

  test("handshakeTimeout: also where verifyClient takes too long, whatever it says then", async () => {
    const verdict = Promise.withResolvers<boolean>();
    await using listener = await listen({ handshakeTimeout: 20, verifyClient: () => verdict.promise });
    let count = 0;
    listener.server.onconnection = () => void count++;
    const { peer, response } = await requestRaw(listener.port);
    expect(response.status).toBe(408);
    verdict.reject(new Error("late"));
    expect((await peer.stream.rest()).toString()).toBe("The handshake took longer than 20 ms.\n");
    expect(count).toBe(0);
  });
});

describe("a request that is no handshake", () => {
  test.each([
    ["an ordinary request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426],
    ["no HTTP", "EHLO there\r\n\r\n", 400],
    ["a line without its CR", "GET / HTTP/1.1\n", 400],
    ["a control byte", "GET / HTTP/1.1\r\nHost: \0\r\n", 400],
    ["a head over the limit", `GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}`, 431],
  ])("gets its status and an end: %s", async (_name, bytes, status) => {
    await using listener = await listen();
    await using peer = await connectRaw(listener.port);
    peer.write(bytes);
    expect(await peer.readHead()).toMatchObject({ status });
    await peer.ended;
    peer.end();
  });

  test("leaves no connection open behind it", async () => {
    const listener = await listen();
    await using peer = await connectRaw(listener.port);
    peer.write("EHLO there\r\n\r\n");
    await peer.ended;
    peer.end();
    await listener.server.close({ graceMs: 60_000 });
    expect(listener.server.address()).toBeNull();
  });

  test("an end before it is whole ends the connection", async () => {
    await using listener = await listen();
    await using peer = await connectRaw(listener.port);
    peer.write("GET / HTTP/1.1\r\n");
    peer.end();
    expect(await peer.stream.rest()).toHaveLength(0);
  });
});

describe("an HTTP server's idle timeout", () => {
  test("does not end connections that are silent", async () => {
    const http = createHttpServer();
    http.timeout = 30;
    await using server = new WebSocketServer({ server: http });
    const sockets: Socket[] = [];
    http.on("connection", (socket: Socket) => sockets.push(socket));
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const client = await connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    expect(sockets.map(({ timeout }) => timeout)).toEqual([0]);
    client.terminate();
    await server.close();
    http.close();
  });
});
