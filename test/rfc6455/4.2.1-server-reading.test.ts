import { describe, expect, test } from "vitest";
import type { Fields } from "../raw-peer/http-head.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { type Front, fronts, TestServer } from "../raw-peer/test-server.ts";

/** The status of the answer to a request; a refusal must end the connection and reach no handler. */
async function statusOf(front: Front, fields: Fields, startLine?: string): Promise<number> {
  await using server = await TestServer.listen(front);
  const { peer, response } = await requestRaw(
    server.port,
    startLine === undefined ? { fields } : { fields, startLine },
  );
  await using _peer = peer;
  if (response.status === 101) return 101;
  peer.end();
  await peer.ended;
  expect(server.connections).toHaveLength(0);
  return response.status;
}

/** Not opened, and told so by a status for a client's error (or 505 for the HTTP version). */
async function expectRefused(front: Front, fields: Fields, startLine?: string): Promise<void> {
  const status = await statusOf(front, fields, startLine);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThanOrEqual(505);
}

describe.each(fronts)("a server by its %s", (front) => {
  test.each(["POST", "HEAD", "PUT", "get"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-2 server] refuses the method %s",
    async (method) => {
      await expectRefused(front, {}, `${method} / HTTP/1.1`);
    },
  );

  test.each(["GET / HTTP/1.0", "GET / HTTP/0.9", "GET /", "GET / HTP/1.1"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-2 server] refuses the request line %j",
    async (startLine) => {
      await expectRefused(front, {}, startLine);
    },
  );

  test("[6455-4.2.1-2 server] takes an absolute URI as the request target", async () => {
    expect(await statusOf(front, {}, "GET http://127.0.0.1/chat?x=1 HTTP/1.1")).toBe(101);
  });

  test.each<[string, string | string[] | undefined]>([
    ["is missing", undefined],
    ["is empty", ""],
    ["is no authority", "a b"],
    ["comes twice", ["127.0.0.1", "127.0.0.1"]],
  ])(
    "[6455-4.2.1-1 server] [6455-4.2.1-3 server] refuses a request whose Host field %s",
    async (_what, host) => {
      await expectRefused(front, { Host: host });
    },
  );

  test.each([undefined, "", "h2c", "websockets", "http/2"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-4 server] refuses the Upgrade field %j",
    async (upgrade) => {
      await expectRefused(front, { Upgrade: upgrade });
    },
  );

  test.each(["websocket", "WebSocket", "WEBSOCKET", "h2c, websocket"])(
    "[6455-4.2.1-4 server] takes the Upgrade field %j",
    async (upgrade) => {
      expect(await statusOf(front, { Upgrade: upgrade })).toBe(101);
    },
  );

  test.each([undefined, "", "keep-alive", "close", "Upgrades"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-5 server] refuses the Connection field %j",
    async (connection) => {
      await expectRefused(front, { Connection: connection });
    },
  );

  test.each(["upgrade", "UPGRADE", "keep-alive, Upgrade", "foo,Upgrade , bar"])(
    "[6455-4.2.1-5 server] takes the Connection field %j",
    async (connection) => {
      expect(await statusOf(front, { Connection: connection })).toBe(101);
    },
  );

  test.each<string | string[] | undefined>([
    undefined,
    "",
    "AQIDBAUGBwgJCgsMDQ4P",
    "AQIDBAUGBwgJCgsMDQ4PEBE=",
    "AQIDBAUGBwgJCgsMDQ4PEC=",
    "AQIDBAUGBwgJCgsMDQ4PE!==",
    "AQIDBAUGBwgJ CgsMDQ4PEA==",
    ["AQIDBAUGBwgJCgsMDQ4PEA==", "AQIDBAUGBwgJCgsMDQ4PEA=="],
  ])("[6455-4.2.1-1 server] [6455-4.2.1-6 server] refuses the key %j", async (key) => {
    expect(await statusOf(front, { "Sec-WebSocket-Key": key })).toBe(400);
  });

  test.each([undefined, "", "12", "14", "013", "13.0", "13, 8", "255", "-13"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-7 server] refuses the version %j",
    async (version) => {
      const status = await statusOf(front, { "Sec-WebSocket-Version": version });
      expect([400, 426]).toContain(status);
    },
  );

  test.each(["", "a b", "chat;v=1", "chat, v/2", '"chat"', "a\u0001"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-8 server] refuses the subprotocols %j",
    async (protocols) => {
      expect(await statusOf(front, { "Sec-WebSocket-Protocol": protocols })).toBe(400);
    },
  );

  test.each(["", ";", "a b", "a; b c", "a; =1", "a; b=", 'a; b="', "a/b", "a; b=c=d", "=", "a;;b"])(
    "[6455-4.2.1-1 server] [6455-4.2.1-8 server] refuses the extensions %j",
    async (extensions) => {
      expect(await statusOf(front, { "Sec-WebSocket-Extensions": extensions })).toBe(400);
    },
  );

  test.each(["x", "x; y; z=1", 'x; y="z"', "x,y", "x , y ;z", ", x,,y"])(
    "[6455-4.2.1-8 server] takes the extensions %j, none of which it knows",
    async (extensions) => {
      expect(await statusOf(front, { "Sec-WebSocket-Extensions": extensions })).toBe(101);
    },
  );

  test("[6455-4.2.1-9 server] ignores fields that it does not know, in any order and case", async () => {
    const fields = { "X-Unknown": "1", COOKIE: "a=b", "sec-websocket-future": "?" };
    expect(await statusOf(front, fields)).toBe(101);
  });
});

test.each([
  "GET  / HTTP/1.1",
  " GET / HTTP/1.1",
  "GET / HTTP/1.1 ",
  "GET\t/\tHTTP/1.1",
  "GET / HTTP/1.1.1",
  "GET /\u00e4 HTTP/1.1",
  "GET /#x HTTP/1.1",
  "GET x HTTP/1.1",
  "GET * HTTP/1.1",
  "GET ftp://127.0.0.1/ HTTP/1.1",
])(
  "[6455-4.2.1-1 server] [6455-4.2.1-2 server] a server's own listener refuses the request line %j, too",
  async (startLine) => {
    await expectRefused("own listener", {}, startLine);
  },
);
