import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { describe, expect, test } from "vitest";
import { WebSocketServer as ForeignServer } from "ws";
import { createServer, type Server } from "../../src/server/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { hearMessages } from "../websocket/hear.ts";
import { serve } from "./serve.ts";
import { SessionPeer } from "./session-peer.ts";

/** An HTTP server of somebody else's that an application server of ours is attached to. */
async function attached(listener: RequestListener, prepare: (http: HttpServer) => void = () => {}) {
  const app: Server = createServer();
  app.onconnection = ({ socket }) => {
    socket.onmessage = ({ data }) => socket.send(data);
  };
  const http = createHttpServer(listener);
  prepare(http);
  app.attach(http);
  await once(http.listen(0, "127.0.0.1"), "listening");
  const { port } = http.address() as AddressInfo;
  return {
    app,
    http,
    url: `http://127.0.0.1:${port}`,
    linkUrl: `ws://127.0.0.1:${port}/ropeway`,
    async [Symbol.asyncDispose]() {
      await app.close({ graceMs: 0 });
      http.closeAllConnections();
      await once(http.close(), "close");
    },
  };
}

describe("Attached to an HTTP server", () => {
  test("leaves an Express application all that is its own", async () => {
    const web = express();
    web.get("/", (_request, response) => void response.send("a page"));
    web.get("/ropeway/other.js", (_request, response) => void response.send("its own"));
    await using place = await attached(web);
    const { peer } = await SessionPeer.opened(place.linkUrl);
    peer.send("1:hello");
    expect(await peer.nextMessage()).toBe("1:hello");
    const texts = ["/", "/ropeway/other.js"].map(async (path) => (await fetch(place.url + path)).text());
    expect(await Promise.all(texts)).toEqual(["a page", "its own"]);
    expect((await fetch(`${place.url}/ropeway`)).headers.get("x-powered-by")).toBe("Express");
    peer.cut();
  });

  test("leaves the upgrades of others to their listeners", async () => {
    const foreign = new ForeignServer({ noServer: true });
    foreign.on("connection", (socket) => socket.send("from the other one"));
    await using place = await attached(
      (_request, response) => response.end(),
      (http) => {
        http.on("upgrade", (request, socket, head) => {
          if (request.url !== "/other") return;
          foreign.handleUpgrade(request, socket, head, (one) => foreign.emit("connection", one, request));
        });
      },
    );
    const other = new WebSocket(`${place.url.replace("http", "ws")}/other`);
    expect(await hearMessages(other, 1)).toEqual(["from the other one"]);
    const { peer } = await SessionPeer.opened(place.linkUrl);
    for (const one of [peer.socket, other]) one.terminate();
  });

  test("answers for the client script itself, also for listeners that come later", async () => {
    await using place = await attached((_request, response) => response.end("the owner's"));
    const response = await fetch(`${place.url}/ropeway/client.js?v=1`);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.text()).not.toContain("the owner's");
    const post = await fetch(`${place.url}/ropeway/client.js`, { method: "POST" });
    expect(await post.text()).toBe("the owner's");
  });

  test("leaves the HTTP server to its owner when it is closed", async () => {
    await using place = await attached((_request, response) => response.end("the owner's"));
    await place.app.close();
    expect(await (await fetch(`${place.url}/ropeway/client.js`)).text()).toBe("the owner's");
    await expect(SessionPeer.dial(place.linkUrl)).rejects.toThrow("status 200");
  });
});

describe("The client script of a server that listens by itself", () => {
  test("is public, though nothing else is", async () => {
    await using place = await serve();
    const { headers } = await fetch(`${place.httpUrl}/ropeway/client.js`);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const health = await fetch(`${place.httpUrl}/healthz`);
    expect(health.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("has its source map where it says", async () => {
    await using place = await serve();
    const script = await (await fetch(`${place.httpUrl}/ropeway/client.js`)).text();
    const [, name] = /\n\/\/# sourceMappingURL=(.+)\n$/.exec(script)!;
    const map = await fetch(new URL(name!, `${place.httpUrl}/ropeway/client.js`));
    expect(map.headers.get("content-type")).toBe("application/json");
    expect(await map.json()).toMatchObject({ version: 3, file: "ropeway.js" });
  });

  test("lies beside the sessions, wherever they are", async () => {
    await using place = await serve({ path: "/live" });
    const paths = ["/live/client.js", "/ropeway/client.js"];
    const answers = await Promise.all(paths.map((path) => fetch(place.httpUrl + path)));
    expect(answers.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual(["*", null]);
  });
});
