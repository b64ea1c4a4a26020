/**
 * Phoenix CVE-2022-42975, @hono/node-server CVE-2026-126344, webpack-dev-server CVE-2026-112085, Spring CVE-2026-59390:
 * origins that were taken for another. `HOST` in an origin stands for the server's own host and port.
 */
import { describe, expect, test } from "vitest";
import type { WebSocketServerOptions } from "../../src/websocket/index.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { fronts, TestServer } from "../raw-peer/test-server.ts";

type Origins = WebSocketServerOptions["origins"];

const deniedAlways = [
  "null",
  "",
  "https://evil.example",
  "https://evil-example.com",
  "https://example.com.evil.net",
  "https://sub.example.com",
  "https://example.com:8443",
  "https://example.com/",
  "https://example.com/path",
  "https://example.com@evil.example",
  "https://user@example.com",
  "https://example.com.",
  "https://example.com#",
  "http://example.com",
  "ws://example.com",
  "//example.com",
  "example.com",
  "https://",
  "https://*.example.com",
  "*",
  "https://example.com, https://evil.example",
  "https://evil.example https://example.com",
  "http://HOST.evil.example",
  "http://evil.example:80/HOST",
  "http://HOST@evil.example",
  "file://",
  "data:text/html,x",
];

async function statusOf(
  front: (typeof fronts)[number],
  origins: Origins,
  fields: Record<string, string | string[]>,
  startLine?: string,
) {
  await using server = await TestServer.listen(front, { origins });
  const own = (text: string) => text.replace("HOST", `127.0.0.1:${server.port}`);
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(own) : own(value),
  ]);
  const request = { fields: Object.fromEntries(entries) as Record<string, string> };
  const { peer, response } = await requestRaw(
    server.port,
    startLine === undefined ? request : { ...request, startLine: own(startLine) },
  );
  await using _peer = peer;
  expect(server.connections).toHaveLength(response.status === 101 ? 1 : 0);
  return response.status;
}

describe.each(fronts)("a server by its %s, by default", (front) => {
  test.each(deniedAlways)("refuses the origin %j", async (origin) => {
    expect(await statusOf(front, undefined, { Origin: origin })).toBe(403);
  });

  test("takes its own origin, and no origin at all", async () => {
    expect(await statusOf(front, undefined, { Origin: "http://HOST" })).toBe(101);
    expect(await statusOf(front, undefined, {})).toBe(101);
  });

  test.each(["http://127.0.0.1", "http://127.0.0.1:1", "http://localhost", "http://127.0.0.2:80"])(
    "refuses %s, which is another port or host than its own",
    async (origin) => {
      expect(await statusOf(front, undefined, { Origin: origin })).toBe(403);
    },
  );

  test("goes by the Host field, not by a host in the request target", async () => {
    const fields = { Origin: "http://evil.example" };
    expect(await statusOf(front, undefined, fields, "GET //evil.example/ HTTP/1.1")).toBe(403);
    expect(await statusOf(front, undefined, fields, "GET //evil.example:80 HTTP/1.1")).toBe(403);
  });

  test("takes no two Origin or Host fields", async () => {
    expect(await statusOf(front, undefined, { Origin: ["http://HOST", "https://evil.example"] })).toBeOneOf([
      400, 403,
    ]);
    expect(await statusOf(front, undefined, { Origin: ["https://evil.example", "http://HOST"] })).toBeOneOf([
      400, 403,
    ]);
    const hosts = { Host: ["HOST", "evil.example"], Origin: "http://evil.example" };
    expect(await statusOf(front, undefined, hosts)).toBeOneOf([400, 403]);
  });
});

describe.each(fronts)("a server by its %s and the origins [https://example.com]", (front) => {
  const origins = ["https://example.com"];

  test.each(deniedAlways)("refuses the origin %j", async (origin) => {
    expect(await statusOf(front, origins, { Origin: origin })).toBe(403);
  });

  test("takes the one listed, in any spelling of it, and no origin at all", async () => {
    expect(await statusOf(front, origins, { Origin: "https://example.com" })).toBe(101);
    expect(await statusOf(front, origins, { Origin: "https://EXAMPLE.com:443" })).toBe(101);
    expect(await statusOf(front, origins, {})).toBe(101);
  });
});

describe.each(fronts)("a server by its %s", (front) => {
  test.each(["null", "https://evil.example", "anything"])('takes the origin %s with "*"', async (origin) => {
    expect(await statusOf(front, "*", { Origin: origin })).toBe(101);
  });

  test("asks a function, and takes only true for yes", async () => {
    const answers: unknown[] = [true, false, undefined, 1, "yes", Promise.resolve(true)];
    const statuses = [];
    for (const answer of answers)
      statuses.push(await statusOf(front, () => answer as boolean, { Origin: "https://a.example" }));
    expect(statuses).toEqual([101, 403, 403, 403, 403, 403]);
  });

  test("refuses where the function throws, and stays up", async () => {
    await using server = await TestServer.listen(front, {
      log: { warn() {} },
      origins() {
        throw new Error("a fault in the application");
      },
    });
    const { peer, response } = await requestRaw(server.port, { fields: { Origin: "https://a.example" } });
    await using _peer = peer;
    expect(response.status).toBeGreaterThanOrEqual(400);
    const next = await requestRaw(server.port);
    await using _next = next.peer;
    expect(next.response.status).toBe(101);
  });
});
