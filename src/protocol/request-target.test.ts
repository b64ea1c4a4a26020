import { describe, expect, test } from "vitest";
import { readTarget } from "./request-target.ts";

describe("request targets (RFC 6455 §3, §4.2.1)", () => {
  test.each([
    ["/", "/", "/"],
    ["/chat?room=1", "/chat?room=1", "/chat"],
    ["/?a?b", "/?a?b", "/"],
    ["/a/../%2e%2e/", "/a/../%2e%2e/", "/a/../%2e%2e/"],
    ["//evil.example/chat", "//evil.example/chat", "//evil.example/chat"],
    ["//", "//", "//"],
    ['/"<>\\^`{|}', '/"<>\\^`{|}', '/"<>\\^`{|}'],
    ["/http://a/b", "/http://a/b", "/http://a/b"],
  ])("%s is a path", (target, pathAndQuery, path) => {
    expect(readTarget(target)).toEqual({ pathAndQuery, path, authority: undefined });
  });

  test.each([
    ["http://a.example/chat?b", "/chat?b", "a.example"],
    ["HTTPS://a.example:8443/", "/", "a.example:8443"],
    ["http://a.example", "/", "a.example"],
    ["http://a.example?b=/", "/?b=/", "a.example"],
    ["http://[::1]:80//b", "//b", "[::1]:80"],
  ])("%s is absolute", (target, pathAndQuery, authority) => {
    expect(readTarget(target)).toMatchObject({ pathAndQuery, authority });
  });

  test.each([
    "",
    "*",
    "chat",
    "?a",
    "a.example:80",
    "ws://a.example/",
    "ftp://a.example/",
    "xhttp://a.example/",
    "javascript://a.example/",
    "http:/a.example/",
    "http:///chat",
    "http://user@a.example/",
    "http://a.example:x/",
    "http://",
    "/a#b",
    "http://a.example/#",
    "/a b",
    "/\u00e4",
    "/\t",
    "\\\\a",
  ])("%j is none", (target) => {
    expect(readTarget(target)).toBeUndefined();
  });
});
