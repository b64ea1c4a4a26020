import { once } from "node:events";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ClientScript } from "./client-script.ts";

/** A server of one script, whose file `write` makes and changes. */
async function serving(text?: string) {
  const folder = mkdtempSync(join(tmpdir(), "ropeway-client-"));
  const file = join(folder, "ropeway.js");
  let writes = 0;
  const write = (content: string) => {
    writeFileSync(file, content);
    utimesSync(file, ++writes, writes);
  };
  if (text !== undefined) write(text);
  const script = new ClientScript(file);
  const http = createServer((request, response) => void script.answer(request, response));
  await once(http.listen(0, "127.0.0.1"), "listening");
  const get = (init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, init);
  const close = async () => {
    rmSync(folder, { recursive: true });
    http.closeAllConnections();
    await once(http.close(), "close");
  };
  return { get, write, [Symbol.asyncDispose]: close };
}

describe("ClientScript", () => {
  test("is a script that every page may load, and that is asked for again", async () => {
    await using place = await serving("export {};");
    const response = await place.get();
    expect(await response.text()).toBe("export {};");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "content-length": "10",
      "cache-control": "no-cache",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
  });

  test("sends headers alone for HEAD", async () => {
    await using place = await serving("export {};");
    const response = await place.get({ method: "HEAD" });
    expect([response.headers.get("content-length"), await response.text()]).toEqual(["10", ""]);
  });

  test.each([(etag: string) => etag, (etag: string) => `"other", W/${etag}`, () => "*"])(
    "is not sent again to who has it",
    async (condition) => {
      await using place = await serving("export {};");
      const etag = (await place.get()).headers.get("etag")!;
      const response = await place.get({ headers: { "If-None-Match": condition(etag) } });
      expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([304, etag, ""]);
    },
  );

  test("is sent again when it was built anew", async () => {
    await using place = await serving("export {};");
    const etag = (await place.get()).headers.get("etag")!;
    place.write("export const x = 1;");
    const response = await place.get({ headers: { "If-None-Match": etag } });
    expect(await response.text()).toBe("export const x = 1;");
  });

  test("says what to do where it is not built", async () => {
    await using place = await serving();
    const response = await place.get();
    expect([response.status, await response.text()]).toEqual([
      404,
      "The browser client is not built: run `npm run build`.\n",
    ]);
    place.write("export {};");
    expect((await place.get()).status).toBe(200);
  });
});
