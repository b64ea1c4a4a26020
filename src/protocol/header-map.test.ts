import { describe, expect, test } from "vitest";
import { addHeader, headerMapFromRaw, requestSingletons, responseSingletons } from "./header-map.ts";

function map(...headers: [string, string][]): ReadonlyMap<string, string> {
  return headerMapFromRaw(headers.flat());
}

describe("headers by name", () => {
  test("are found by the lower-case name, whatever was written", () => {
    expect(map(["HoSt", "a"], ["X-Y", " b\t"])).toEqual(
      new Map([
        ["host", "a"],
        ["x-y", "b"],
      ]),
    );
  });

  test("a repeated list is joined in order", () => {
    expect(map(["X", "a"], ["Y", "-"], ["x", "b"], ["X", ""]).get("x")).toBe("a, b, ");
  });

  test("repeated cookies are joined as cookies", () => {
    expect(map(["Cookie", "a=1"], ["cookie", "b=2"]).get("cookie")).toBe("a=1; b=2");
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "%s is a name like any other",
    (name) => {
      expect(map([name, "a"], [name, "b"]).get(name.toLowerCase())).toBe("a, b");
      expect(map().get(name)).toBeUndefined();
    },
  );

  test.each([...requestSingletons])("%s may not be repeated in a request", (name) => {
    expect(() => map([name, "a"], [name.toUpperCase(), "a"])).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_REPEATED", status: 400, facts: { name } }),
    );
  });

  test.each([...responseSingletons])("%s may not be repeated in a response", (name) => {
    const headers = new Map([[name, "a"]]);
    expect(() => addHeader(headers, [name, "a"], responseSingletons)).toThrow(
      `The header ${name} is repeated`,
    );
  });
});

describe("headers that another parser read", () => {
  test.each(["", "a b", "a:", "\u00e9"])("the name %j is refused", (name) => {
    expect(() => headerMapFromRaw(["a", "", name, ""])).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_NAME", facts: { number: 2 } }),
    );
  });

  test.each(["\0", "a\r\nb", "\u0100"])("the value %j is refused", (value) => {
    expect(() => headerMapFromRaw(["a", value])).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_VALUE", status: 400 }),
    );
  });

  test("are counted", () => {
    const rawHeaders = Array.from({ length: 6 }, (_, i) => `h${i}`);
    expect(headerMapFromRaw(rawHeaders, { headersMax: 3 }).size).toBe(3);
    expect(() => headerMapFromRaw(rawHeaders, { headersMax: 2 })).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_TOO_MANY_HEADERS", status: 431 }),
    );
  });

  test("a name without a value at the end is passed over", () => {
    expect(headerMapFromRaw(["a", "b", "c"])).toEqual(new Map([["a", "b"]]));
  });
});
