import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type RequestOptions } from "node:http";
import { once } from "node:events";
import { type AddressInfo, connect, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { staticFiles } from "./static-files.ts";

const policy = "default-src 'self'; frame-ancestors 'none'";

/** A folder with files, served; 404 where {@link staticFiles} finds nothing. */
async function serveFolder(files: Readonly<Record<string, string>>) {
  const outside = mkdtempSync(join(tmpdir(), "ropeway-static-"));
  const folder = join(outside, "www");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const answer = staticFiles(folder);
  const server = createServer((incoming, response) => {
    response.setHeader("Content-Security-Policy", policy);
    void answer(incoming, response).then((isFound) => isFound || response.writeHead(404).end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    folder,
    outside,
    port,
    get: (path: string, options: RequestOptions = {}) => get({ port, path, ...options }),
    open: (path: string) => request({ port, path, host: "127.0.0.1", agent: false }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(outside, { recursive: true });
    },
  };
}

async function get(options: RequestOptions) {
  const sent = request({ host: "127.0.0.1", agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}

describe("staticFiles", () => {
  test("serves files with their type and length", async () => {
    await using site = await serveFolder({
      "a/b.css": "p {}",
      "c.json": "{}",
      "d.bin": "x",
      "e.svg": "<svg/>",
    });
    const css = await site.get("/a/b.css?v=1");
    expect(css).toMatchObject({ status: 200, body: "p {}" });
    expect(css.headers).toMatchObject({ "content-type": "text/css; charset=utf-8", "content-length": "4" });
    expect((await site.get("/c.json")).headers["content-type"]).toBe("application/json; charset=utf-8");
    expect((await site.get("/d.bin")).headers["content-type"]).toBe("application/octet-stream");
    expect((await site.get("/e.svg")).headers["content-type"]).toBe("image/svg+xml");
  });

  test("serves index.html for a folder and sends a request without the slash there", async () => {
    await using site = await serveFolder({ "index.html": "top", "sub/index.html": "below" });
    expect(await site.get("/")).toMatchObject({ status: 200, body: "top" });
    expect(await site.get("/sub/")).toMatchObject({ status: 200, body: "below" });
    const moved = await site.get("/sub?a=1");
    expect([moved.status, moved.headers.location]).toEqual([308, "/sub/?a=1"]);
  });

  test("lets only files under a hashed name be kept", async () => {
    const hashed = ["assets/index-DiwrgTda.js", "assets/style-B1a2c3d4.css", "assets/x-a_b-cd3f.png"];
    const others = [
      "index.html",
      "index-DiwrgTda.js",
      "assets/my-document.css",
      "assets/p-20240115.jpg",
      "assets/a.js",
    ];
    await using site = await serveFolder(
      Object.fromEntries([...hashed, ...others].map((name) => [name, ""])),
    );
    const caching = async (name: string) => (await site.get(`/${name}`)).headers["cache-control"];
    expect(await Promise.all(hashed.map(caching))).toEqual(
      hashed.map(() => "public, max-age=31536000, immutable"),
    );
    expect(await Promise.all(others.map(caching))).toEqual(others.map(() => "no-cache"));
  });

  test.each([
    "/missing",
    "/empty/",
    "/..%2fsecret",
    "/%2e%2e/secret",
    "/.env",
    "/out",
    "/out-folder/secret",
    "/a.txt/",
    "/a.txt%00",
    "/a.txt%ff",
    "/%",
    "/..\\secret",
    `/${"a".repeat(300)}`,
    "*",
  ])("finds nothing at %s", async (path) => {
    await using site = await serveFolder({ ".env": "secret", "a.txt": "a", "empty/.keep": "" });
    writeFileSync(join(site.outside, "secret"), "secret");
    symlinkSync(join(site.outside, "secret"), join(site.folder, "out"));
    symlinkSync(site.outside, join(site.folder, "out-folder"));
    expect(await site.get(path)).toMatchObject({ status: 404, body: "" });
  });

  test("never leaves the folder, whatever the path", async () => {
    await using site = await serveFolder({ a: "inside", "index.html": "inside" });
    writeFileSync(join(site.outside, "a"), "outside");
    const piece = fc.constantFrom("/", "..", ".", "%2e", "%2f", "%5c", "\\", "a", "%", "?", "#", "%00");
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const { status, body } = await site.get(`/${pieces.join("")}`);
        expect(["200 inside", "308 ", "404 "]).toContain(`${status} ${body}`);
      }),
    );
  });

  test.each(["//sub", "/\\sub", "/a/..//sub", "/%2e%2e//sub"])(
    "sends %s to a path of its own server",
    async (path) => {
      await using site = await serveFolder({ "sub/index.html": "below" });
      const { status, headers } = await site.get(path);
      expect([status, headers.location]).toEqual([308, "/sub/"]);
    },
  );

  test.each(["/a.txt", "/sub", "/none"])(
    "leaves the policy of its caller in the answer to %s",
    async (path) => {
      await using site = await serveFolder({ "a.txt": "a", "sub/index.html": "" });
      expect((await site.get(path)).headers["content-security-policy"]).toBe(policy);
    },
  );

  test("follows a link that stays in the folder", async () => {
    await using site = await serveFolder({ "a.txt": "a" });
    symlinkSync("a.txt", join(site.folder, "b.txt"));
    expect(await site.get("/b.txt")).toMatchObject({ status: 200, body: "a" });
  });

  test("answers HEAD with the headers of GET alone", async () => {
    await using site = await serveFolder({ "a.txt": "0123456789" });
    const { headers, ...answer } = await site.get("/a.txt", { method: "HEAD" });
    expect(answer).toEqual({ status: 200, body: "" });
    expect(headers["content-length"]).toBe("10");
  });

  test("serves an empty file", async () => {
    await using site = await serveFolder({ "a.txt": "" });
    expect(await site.get("/a.txt")).toMatchObject({ status: 200, body: "" });
  });
});

describe("staticFiles with validators", () => {
  test("answers 304 to a copy that is still good, by tag before date", async () => {
    await using site = await serveFolder({ "a.txt": "a" });
    const { etag = "", "last-modified": date = "" } = (await site.get("/a.txt")).headers;
    const status = async (headers: Record<string, string>) => (await site.get("/a.txt", { headers })).status;
    expect(await status({ "If-None-Match": etag })).toBe(304);
    expect(await status({ "If-None-Match": `"other", ${etag}` })).toBe(304);
    expect(await status({ "If-None-Match": etag.slice(2) })).toBe(304);
    expect(await status({ "If-None-Match": "*" })).toBe(304);
    expect(await status({ "If-Modified-Since": date })).toBe(304);
    expect(await status({ "If-None-Match": '"other"', "If-Modified-Since": date })).toBe(200);
    expect(await status({ "If-Modified-Since": "never" })).toBe(200);
  });

  test("answers 412 without a body to a condition that has failed", async () => {
    await using site = await serveFolder({ "a.txt": "a" });
    expect(await site.get("/a.txt", { headers: { "If-Match": '"other"' } })).toMatchObject({
      status: 412,
      body: "",
    });
  });

  test("serves a file as it is after it has changed", async () => {
    await using site = await serveFolder({ "a.txt": "old" });
    const { etag = "" } = (await site.get("/a.txt")).headers;
    writeFileSync(join(site.folder, "a.txt"), "new and longer");
    utimesSync(join(site.folder, "a.txt"), 1, 1);
    expect(await site.get("/a.txt", { headers: { "If-None-Match": etag } })).toMatchObject({
      status: 200,
      body: "new and longer",
    });
  });
});

describe("staticFiles with ranges", () => {
  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=5-2", 416, "", "bytes */10"],
    ["bytes=99999999999999999999-", 416, "", "bytes */10"],
    ["bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=0-1,4-5", 200, "0123456789", undefined],
    ["bytes=--5", 200, "0123456789", undefined],
  ])("answers %s with %i %j", async (range, status, body, contentRange) => {
    await using site = await serveFolder({ "a.txt": "0123456789" });
    const answer = await site.get("/a.txt", { headers: { Range: range } });
    expect([answer.status, answer.body, answer.headers["content-range"]]).toEqual([
      status,
      body,
      contentRange,
    ]);
    expect(answer.headers["content-length"]).toBe(String(body.length));
  });

  test("goes on with a file for If-Range while it is the same, and begins again when it is not", async () => {
    await using site = await serveFolder({ "a.txt": "0123456789" });
    const { etag = "" } = (await site.get("/a.txt")).headers;
    const headers = { Range: "bytes=2-4", "If-Range": etag };
    expect(await site.get("/a.txt", { headers })).toMatchObject({ status: 206, body: "234" });
    writeFileSync(join(site.folder, "a.txt"), "new and longer");
    expect(await site.get("/a.txt", { headers })).toMatchObject({ status: 200, body: "new and longer" });
  });
});

describe("staticFiles and files that are trouble", () => {
  test("finds nothing once a file is deleted, and goes on", async () => {
    await using site = await serveFolder({ "a.txt": "a", "b.txt": "b" });
    rmSync(join(site.folder, "a.txt"));
    expect((await site.get("/a.txt")).status).toBe(404);
    expect((await site.get("/b.txt")).status).toBe(200);
  });

  test("finds nothing where a file cannot be opened, and leaves no header of it", async () => {
    await using site = await serveFolder({});
    const unopenable = createNetServer().listen(join(site.folder, "a.txt"));
    await once(unopenable, "listening");
    const { status, headers } = await site.get("/a.txt");
    unopenable.close();
    expect(status).toBe(404);
    expect(Object.keys(headers).toSorted()).toEqual([
      "connection",
      "content-security-policy",
      "date",
      "transfer-encoding",
    ]);
  });

  test("closes its files, whether the client stays to the end or not", async () => {
    await using site = await serveFolder({ "large.bin": "x".repeat(8 * 1024 * 1024), "a.txt": "a" });
    await site.get("/a.txt");
    const before = openFiles();
    for (let count = 0; count < 20; count += 1) {
      const sent = site.open("/large.bin").end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      response.destroy();
      await once(response, "close");
      await site.get("/a.txt", { headers: { Range: "bytes=9-" } });
    }
    await expect.poll(openFiles).toBeLessThanOrEqual(before + 2);
  });

  test("closes the files of requests that waited behind another one when their client went", async () => {
    await using site = await serveFolder({ "large.bin": "x".repeat(1024 * 1024), "a.txt": "a" });
    await site.get("/a.txt");
    const before = openFiles();
    const requests = ["large.bin", "a.txt", "a.txt"].map(
      (name) => `GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    for (let count = 0; count < 100; count += 1) {
      const socket = connect(site.port, "127.0.0.1").on("error", () => {});
      await once(socket, "connect");
      socket.write(requests.join(""), () => socket.resetAndDestroy());
      await once(socket, "close");
    }
    await expect.poll(openFiles).toBeLessThanOrEqual(before + 2);
  });
});
