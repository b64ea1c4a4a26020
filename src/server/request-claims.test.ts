import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { claimRequests } from "./request-claims.ts";

async function owners() {
  const http = createServer((_request, response) => response.end("the owner's"));
  await once(http.listen(0, "127.0.0.1"), "listening");
  const get = async (path: string) =>
    (await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`)).text();
  const close = async () => {
    http.closeAllConnections();
    await once(http.close(), "close");
  };
  return { http, get, [Symbol.asyncDispose]: close };
}

function claim(http: Server, path: string): () => void {
  return claimRequests(
    http,
    ({ url }) => url === path,
    (_request, response) => void response.end(path),
  );
}

test("takes what is ours and leaves the rest, also to listeners that come later", async () => {
  await using place = await owners();
  claim(place.http, "/ours");
  let later = 0;
  place.http.on("request", () => later++);
  expect([await place.get("/ours"), await place.get("/other"), later]).toEqual(["/ours", "the owner's", 1]);
});

test("leaves all to the owner when it has ended", async () => {
  await using place = await owners();
  claim(place.http, "/ours")();
  expect(await place.get("/ours")).toBe("the owner's");
});

test("can end before another one that came later", async () => {
  await using place = await owners();
  const end = claim(place.http, "/one");
  claim(place.http, "/two");
  end();
  expect([await place.get("/one"), await place.get("/two")]).toEqual(["the owner's", "/two"]);
});
