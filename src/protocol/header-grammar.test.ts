import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  endOfSpace,
  endOfToken,
  isFieldByte,
  isFieldValue,
  isToken,
  listElements,
  listHas,
  readQuotedString,
  trimSpace,
} from "./header-grammar.ts";

const everyByte = Array.from({ length: 256 }, (_, code) => code);

describe("tokens (RFC 9110 §5.6.2)", () => {
  test("consist of letters, digits and fifteen marks, and of nothing else", () => {
    const allowed = everyByte.filter((code) => isToken(String.fromCharCode(code)));
    expect(String.fromCharCode(...allowed)).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    );
  });

  test.each(["", "a b", "a,", "ä", "\u0161", "\u{1f600}"])("are not %j", (text) => {
    expect(isToken(text)).toBe(false);
  });

  test("end at the first other character", () => {
    expect(endOfToken("ab;c", 0)).toBe(2);
    expect(endOfToken("ab;c", 2)).toBe(2);
    expect(endOfToken("ab;c", 3)).toBe(4);
  });
});

describe("field values (RFC 9110 §5.5)", () => {
  test("have no control bytes but the tab", () => {
    const refused = everyByte.filter((code) => !isFieldByte(code));
    expect(refused).toEqual([...everyByte.slice(0, 9), ...everyByte.slice(10, 32), 127]);
  });

  test.each([
    ["", true],
    ["caf\u00e9 \t\u00ff", true],
    ["line\nbreak", false],
    ["\u0100", false],
    ["\u010a", false],
  ])("%j: %j", (text, expected) => {
    expect(isFieldValue(text)).toBe(expected);
  });
});

describe("white space", () => {
  test("is skipped from a position on", () => {
    expect(endOfSpace("a \tb", 1)).toBe(3);
    expect(endOfSpace("a \t", 1)).toBe(3);
    expect(endOfSpace("ab", 1)).toBe(1);
  });

  test.each([
    [" \ta b\t ", "a b"],
    ["\u00a0a\u00a0", "\u00a0a\u00a0"],
    [" \t ", ""],
    ["", ""],
  ])("around %j is taken away", (text, expected) => {
    expect(trimSpace(text)).toBe(expected);
    expect(trimSpace(`a ${text} b`, 2, 2 + text.length)).toBe(expected);
  });
});

describe("lists (RFC 9110 §5.6.1)", () => {
  test("empty elements do not count", () => {
    expect(listElements(", a,\t,b c ,,")).toEqual(["a", "b c"]);
    expect(listElements("")).toEqual([]);
  });

  test.each([
    ["keep-alive, Upgrade", true],
    ["UPGRADE", true],
    ["upgraded", false],
    ["up grade", false],
    ["", false],
    [undefined, false],
  ])("%j has the element upgrade: %j", (list, expected) => {
    expect(listHas(list, "upgrade")).toBe(expected);
  });
});

describe("quoted strings (RFC 9110 §5.6.4)", () => {
  test.each([
    ['"a b"', "a b", 5],
    ['""', "", 2],
    ['"a\\"b\\\\";c', 'a"b\\', 8],
    ['"\\a\\b"', "ab", 6],
  ])("%s stands for %j", (text, value, end) => {
    expect(readQuotedString(text, 0)).toEqual({ value, end });
  });

  test.each(['"', '"abc', '"abc\\', '"abc\\"'])("%s does not end", (text) => {
    expect(readQuotedString(text, 0)).toBeUndefined();
  });

  test("what is escaped is read back", () => {
    const escape = (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
    const property = fc.property(fc.string(), (text) => {
      expect(readQuotedString(escape(text), 0)?.value).toBe(text);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  test("a million escapes take time in proportion", () => {
    const text = `"${'\\"'.repeat(1_000_000)}"`;
    expect(readQuotedString(text, 0)?.value).toHaveLength(1_000_000);
  });
});
