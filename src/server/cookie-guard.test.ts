import { expect, test } from "vitest";
import type { UpgradeRequest } from "../websocket/index.ts";
import { withTrustedCookies } from "./cookie-guard.ts";

function requestWith(headers: Readonly<Record<string, string>>): UpgradeRequest {
  const incoming = { headers } as unknown as UpgradeRequest["incoming"];
  const map = new Map(Object.entries(headers));
  return { method: "GET", url: "/", headers: map, remoteAddress: "127.0.0.1", encrypted: false, incoming };
}

test("leaves a browser's request as it is", () => {
  const request = requestWith({ origin: "https://app.example", cookie: "id=1" });
  expect(withTrustedCookies(request)).toBe(request);
});

test("leaves a request without cookies as it is", () => {
  const request = requestWith({ authorization: "Bearer x" });
  expect(withTrustedCookies(request)).toBe(request);
});

test("leaves out cookies that no Origin came with, and Node's request, which has them, too", () => {
  const request = requestWith({ cookie: "id=1", authorization: "Bearer x" });
  const trusted = withTrustedCookies(request);
  expect([...trusted.headers]).toEqual([["authorization", "Bearer x"]]);
  expect(trusted.incoming).toBeUndefined();
  expect(request.headers.get("cookie")).toBe("id=1");
});
