import { describe, expect, test } from "vitest";
import { parseAuthority } from "./authority.ts";

describe("host and port (RFC 3986 §3.2)", () => {
  test.each([
    ["example.com", "example.com", undefined],
    ["EXAMPLE.com:8080", "example.com", 8080],
    ["example.com:", "example.com", undefined],
    ["localhost:0", "localhost", 0],
    ["127.0.0.1:65535", "127.0.0.1", 65_535],
    ["a_b.example.", "a_b.example.", undefined],
    ["%C3%A4.example", "%c3%a4.example", undefined],
    ["[::1]", "[0:0:0:0:0:0:0:1]", undefined],
    ["[2001:DB8::1]:443", "[2001:db8:0:0:0:0:0:1]", 443],
  ])("%s", (text, host, port) => {
    expect(parseAuthority(text)).toEqual({ host, port });
  });

  test.each([
    "",
    ":80",
    "a:65536",
    "a:000080",
    "a:-1",
    "a:+1",
    "a:1e1",
    "a: 1",
    "a:80:80",
    "::1",
    "user@a",
    "user:1@a",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a b",
    "a%",
    "a%zz",
    "\u00e4",
    "[]",
    "[",
    "[::1",
    "[::1]80",
    "[::1].example.com",
    "[::1]]",
    "[a]",
    "a[::1]",
  ])("%j is none", (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });

  test("a long name takes time in proportion", () => {
    expect(parseAuthority(`${"%aa".repeat(300_000)}%`)).toBeUndefined();
  });
});
