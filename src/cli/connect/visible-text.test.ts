import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visibleLine, visibleText } from "./visible-text.ts";

describe("visibleText", () => {
  test("leaves ordinary text of any script, tabs and line feeds alone", () => {
    const text = "tab\there\nnext line, żółć, 日本語, עברית, 👩‍👩‍👧";
    expect(visibleText(text)).toBe(text);
  });

  test.each([
    ["clear screen", "\x1b[2J", "\\x1b[2J"],
    ["window title", "\x1b]0;owned\x07", "\\x1b]0;owned\\x07"],
    ["one-byte CSI of C1", "\x9b31m", "\\x9b31m"],
    ["carriage return over the line", "real\rfake", "real\\rfake"],
    ["backspace", "a\bb", "a\\x08b"],
    ["delete", "a\x7fb", "a\\x7fb"],
    ["right-to-left override", "a\u202eb", "a\\u202eb"],
    ["line separator", "a\u2028b", "a\\u2028b"],
    ["NUL", "a\0b", "a\\x00b"],
  ])("shows %s instead of letting a terminal act on it", (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  test("leaves no control character but tab and line feed in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visibleText(text).replace(/[\t\n]/g, "")).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}/u);
      }),
    );
  });
});

describe("visibleLine", () => {
  test("keeps everything on one line", () => {
    expect(visibleLine("bye\nClosed: 1000\tok\x1b[A")).toBe("bye\\nClosed: 1000\\tok\\x1b[A");
  });
});
