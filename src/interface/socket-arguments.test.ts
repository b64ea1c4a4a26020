import { describe, expect, test } from "vitest";
import { parseSocketUrl, readProtocols } from "./socket-arguments.ts";

const syntaxError: unknown = expect.objectContaining({ name: "SyntaxError" });

describe("a URL", () => {
  test.each([
    ["ws://a.example/b?c", "ws://a.example/b?c"],
    ["HTTP://A.example", "ws://a.example/"],
    ["https://a.example/", "wss://a.example/"],
    [new URL("wss://a.example/"), "wss://a.example/"],
  ])("%s is %s", (given, url) => {
    expect(parseSocketUrl(given).href).toBe(url);
  });

  test("may be relative to a base", () => {
    expect(parseSocketUrl("/live", "https://a.example/page").href).toBe("wss://a.example/live");
  });

  test.each(["/live", "ftp://a.example/", "ws://a.example/#b", ""])("%s is a SyntaxError", (given) => {
    expect(() => parseSocketUrl(given)).toThrow(syntaxError);
  });
});

describe("subprotocols", () => {
  test.each([
    ["chat", ["chat"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [new Set(["a"]), ["a"]],
    [null, ["null"]],
    [{}, "SyntaxError"],
    ["", "SyntaxError"],
    [["a", "a"], "SyntaxError"],
    [["a b"], "SyntaxError"],
  ])("%j are %j", (given, offered) => {
    if (offered === "SyntaxError") expect(() => readProtocols(given)).toThrow(syntaxError);
    else expect(readProtocols(given)).toEqual(offered);
  });
});
