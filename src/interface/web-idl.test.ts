import { describe, expect, test } from "vitest";
import { toClampedUnsignedShort, toDomString } from "./web-idl.ts";

describe("[Clamp] unsigned short", () => {
  test.each([
    [1000, 1000],
    ["3000", 3000],
    [999.5, 1000],
    [1000.5, 1000],
    [1001.5, 1002],
    [999.4, 999],
    [-1, 0],
    [65_536 + 1000, 65_535],
    [Number.POSITIVE_INFINITY, 65_535],
    [Number.NaN, 0],
    ["text", 0],
    [null, 0],
    [true, 1],
    [{ valueOf: () => 4000 }, 4000],
  ])("%j is %d", (value, expected) => {
    expect(toClampedUnsignedShort(value)).toBe(expected);
  });

  test("a symbol and a bigint are a TypeError", () => {
    for (const value of [Symbol("s"), 1000n]) expect(() => toClampedUnsignedShort(value)).toThrow(TypeError);
  });
});

describe("DOMString", () => {
  test.each([
    [1, "1"],
    [null, "null"],
    [{ toString: () => "text" }, "text"],
    [1n, "1"],
  ])("%s is text", (value, expected) => {
    expect(toDomString(value)).toBe(expected);
  });

  test("a symbol is a TypeError", () => {
    expect(() => toDomString(Symbol("s"))).toThrow(TypeError);
  });
});
