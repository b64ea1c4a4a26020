import { describe, expect, test } from "vitest";
import { areSubprotocols, parseSubprotocols, selectSubprotocol } from "./subprotocols.ts";

describe("subprotocols of a request (RFC 6455 §4.1)", () => {
  test.each([
    [undefined, []],
    ["chat", ["chat"]],
    ["chat, superchat", ["chat", "superchat"]],
    [" ,chat,,\tsuperchat ,", ["chat", "superchat"]],
    ["Chat, chat", ["Chat", "chat"]],
    ["__proto__, constructor", ["__proto__", "constructor"]],
  ])("%j: %j", (header, protocols) => {
    expect(parseSubprotocols(header)).toEqual(protocols);
  });

  test.each(["", ",", " , ", "chat, chat", "a b", "a/b", '"a"', "a, \u00e4", "a;b"])(
    "%j is refused [6455-4.2.1-8 server]",
    (header) => {
      expect(() => parseSubprotocols(header)).toThrow(
        expect.objectContaining({ name: "HandshakeError", code: "WS_HANDSHAKE_PROTOCOLS", status: 400 }),
      );
    },
  );

  test.each([
    [[], true],
    [["a", "A"], true],
    [["a", "a"], false],
    [[""], false],
    [["a,b"], false],
  ])("%j may be offered: %j", (protocols, expected) => {
    expect(areSubprotocols(protocols)).toBe(expected);
  });

  test("a megabyte of them takes time in proportion", () => {
    const header = Array.from({ length: 100_000 }, (_, i) => `p${i}`).join(",");
    expect(parseSubprotocols(header)).toHaveLength(100_000);
  });
});

describe("the choice of a server (RFC 6455 §4.2.2)", () => {
  test("is the first of the client's that it supports [6455-4.2.2-7 server]", () => {
    expect(selectSubprotocol(["a", "b", "c"], ["c", "b"])).toBe("b");
  });

  test("is none if there is none of both", () => {
    expect(selectSubprotocol(["a"], ["A"])).toBeUndefined();
    expect(selectSubprotocol([], ["a"])).toBeUndefined();
    expect(selectSubprotocol(["constructor"], [])).toBeUndefined();
  });
});
