import { describe, expect, test } from "vitest";
import { originKey, parseOrigin, portUnder } from "./origin.ts";

describe("origins (RFC 6454 §6)", () => {
  test.each([
    ["https://app.example", "https://app.example:443"],
    ["HTTPS://App.Example:443", "https://app.example:443"],
    ["http://app.example", "http://app.example:80"],
    ["http://app.example:8080", "http://app.example:8080"],
    ["http://[::1]:80", "http://[0:0:0:0:0:0:0:1]:80"],
    ["chrome-extension://abcdef", "chrome-extension://abcdef:"],
    ["capacitor://localhost", "capacitor://localhost:"],
    ["file://", "file://:"],
  ])("%s", (text, key) => {
    const origin = parseOrigin(text);
    expect(origin === undefined ? undefined : originKey(origin)).toBe(key);
  });

  test.each([
    "",
    "null",
    "app.example",
    "//app.example",
    "://app.example",
    "1http://app.example",
    "ht tp://app.example",
    "https:/app.example",
    "https:app.example",
    "https://",
    "https:///app.example",
    "https://app.example/",
    "https://app.example/path",
    "https://app.example?query",
    "https://app.example#fragment",
    "https://app.example\\",
    "https://user@app.example",
    "https://app.example:443:443",
    "https://app.example:",
    "https://app.example https://other.example",
    " https://app.example",
    "https://app.example ",
    "https://app.example,https://other.example",
    "https://b\u00fccher.example",
    "file:///path",
    "chrome-extension://",
    "*",
  ])("%j is none", (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });

  test("a port that is written counts, else the scheme's", () => {
    expect(portUnder("https", { host: "a", port: undefined })).toBe(443);
    expect(portUnder("https", { host: "a", port: 80 })).toBe(80);
    expect(portUnder("file", { host: "a", port: undefined })).toBeUndefined();
  });
});
