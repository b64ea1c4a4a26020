import { describe, expect, test } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { hear, hearMessages } from "../websocket/hear.ts";
import { serve } from "./serve.ts";
import { SessionPeer } from "./session-peer.ts";

const anybody = (): string => "anybody";

describe("A plain WebSocket on the path of sessions", () => {
  test("has the same interface, without the reliability", async () => {
    await using place = await serve();
    const socket = new WebSocket(place.url);
    await hear(socket, "open");
    socket.send("hello");
    expect(await hearMessages(socket, 1)).toEqual(["hello"]);
    expect(place.connections).toMatchObject([{ isSession: false, session: null, user: undefined }]);
    expect(place.app.sessions.size).toBe(0);
    const health = await fetch(`${place.httpUrl}/healthz`);
    expect(await health.json()).toMatchObject({ connections: 1, sessions: 0 });
    socket.close(4000, "done");
    await expect.poll(() => place.journal.at(-1)).toBe("close 4000");
  });

  test("speaks the application's subprotocols, which are not that of links", async () => {
    await using place = await serve({ handleProtocols: ["chat"] });
    const socket = new WebSocket(place.url, ["other", "chat"]);
    await hear(socket, "open");
    expect([socket.protocol, place.connections[0]!.socket.protocol]).toEqual(["chat", "chat"]);
    socket.terminate();
  });

  test("may send as much as a session may in one message: 1009", async () => {
    await using place = await serve({ sessions: { messageBytesMax: 200_000 } });
    const socket = new WebSocket(place.url);
    await hear(socket, "open");
    socket.send("a".repeat(200_000));
    expect((await hearMessages(socket, 1))[0]).toHaveLength(200_000);
    socket.send("a".repeat(200_001));
    expect((await hear(socket, "close")).code).toBe(1009);
  });

  test("is ended with 1011 by a handler that throws", async () => {
    await using place = await serve({}, () => {
      throw new Error("on purpose");
    });
    expect((await hear(new WebSocket(place.url), "close")).code).toBe(1011);
  });

  test("is kept waiting by an async handler", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using place = await serve({}, async (socket) => {
      await promise;
      socket.onmessage = ({ data }) => socket.send(data);
    });
    const socket = new WebSocket(place.url);
    await hear(socket, "open");
    socket.send("early");
    resolve();
    expect(await hearMessages(socket, 1)).toEqual(["early"]);
    socket.terminate();
  });
});

describe("The path of sessions", () => {
  test("is not there before there is a handler", async () => {
    await using app = createServer();
    const { url } = await app.listen(0, "127.0.0.1");
    await expect(SessionPeer.dial(`${url.replace("http", "ws")}/ropeway`)).rejects.toThrow("404");
    expect((await fetch(`${url}/ropeway/client.js`)).status).toBe(404);
    app.addEventListener("connection", () => {});
    using peer = await SessionPeer.greeted(`${url.replace("http", "ws")}/ropeway`);
    expect(peer.isClosed).toBe(false);
  });

  test("can be another one", async () => {
    await using place = await serve({ path: "/live" });
    const { peer } = await SessionPeer.opened(place.url.replace("/ropeway", "/live"));
    await expect(SessionPeer.dial(place.url)).rejects.toThrow("404");
    peer.cut();
  });

  test("tells a request that is no upgrade what it is", async () => {
    await using place = await serve();
    expect((await fetch(`${place.httpUrl}/ropeway`)).status).toBe(426);
  });

  test.each([["ropeway.1"], ["chat"]])("refuses pages of other origins that offer %s", async (protocol) => {
    await using place = await serve({ handleProtocols: ["chat"] });
    const dial = (origin: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(place.url, [protocol], { headers: { Origin: origin } });
        socket.onopen = () => resolve("open");
        socket.onerror = ({ message }) => resolve(message);
      });
    expect(await dial(place.httpUrl)).toBe("open");
    for (const origin of ["https://evil.example", "null", `${place.httpUrl}0`]) {
      expect(await dial(origin)).toContain("403");
    }
  });

  test("lets pages in that origins lists", async () => {
    await using place = await serve({ origins: ["https://app.example"] });
    using peer = await SessionPeer.greeted(place.url, { headers: { Origin: "https://app.example" } });
    expect(peer.isClosed).toBe(false);
    await expect(SessionPeer.dial(place.url, { headers: { Origin: place.httpUrl } })).rejects.toThrow("403");
  });

  test.each([
    [{ path: "ropeway" }, 'Endpoint path is "ropeway"; it begins with /'],
    [{ path: "/healthz" }, "is that of the health check"],
    [{ authenticate: "me" }, "Option authenticate is a string; it is a function"],
    [{ userKey: null }, "Option userKey is null; it is a function"],
    [{ sessions: { streamsMax: -1 } }, "Option sessions.streamsMax is -1 streams"],
    [{ handleProtocols: "chat", authenticate: anybody }, "handleProtocols is "],
    [{ endpoints: { "/ropeway": () => {} }, authenticate: anybody }, "is taken by another endpoint"],
  ])("refuses %j where it is given", (options, words) => {
    expect(() => createServer(options as object)).toThrow(words);
  });
});
