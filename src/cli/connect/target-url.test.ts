import { describe, expect, test } from "vitest";
import { targetUrl } from "./target-url.ts";

describe("targetUrl", () => {
  test.each([
    ["ws://localhost:8080/echo", "ws://localhost:8080/echo"],
    ["wss://app.example", "wss://app.example/"],
    ["http://localhost:8080/echo?a=1", "ws://localhost:8080/echo?a=1"],
    ["https://app.example/live", "wss://app.example/live"],
    ["HTTPS://app.example", "wss://app.example/"],
    ["localhost:8080/echo", "ws://localhost:8080/echo"],
    ["[::1]:8080", "ws://[::1]:8080/"],
    ["app.example", "ws://app.example/"],
    ["ws://app.example/#part", "ws://app.example/"],
  ])("takes %s as %s", (text, url) => {
    expect(targetUrl(text).href).toBe(url);
  });

  test.each(["", "ftp://app.example", "ws://", "ws://a b", "file:///etc/passwd", "ws://host:99999"])(
    "refuses %j and says what is allowed",
    (text) => {
      expect(() => targetUrl(text)).toThrow(`The URL is ${JSON.stringify(text)}; allowed is a ws:`);
    },
  );
});
