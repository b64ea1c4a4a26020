import { describe, expect, test } from "vitest";
import { cleanLine, cleanText } from "./clean-text.ts";

describe("a cleaned line", () => {
  test.each([
    ["  Ada   Lovelace ", "Ada Lovelace"],
    ["Ada\nLovelace\u0007", "Ada Lovelace"],
    ["\u202Egnp.exe", "gnp.exe"],
    ["a\u200Bb\uFEFFc", "abc"],
    ["👩‍💻", "👩‍💻"],
    ["<b>Ada</b>", "<b>Ada</b>"],
    ["e\u0301", "é"],
    ["\uD800Ada", "\uFFFDAda"],
  ])("%j becomes %j", (text, cleaned) => {
    expect(cleanLine(text, 32)).toBe(cleaned);
  });

  test.each(["", "   ", "\u200D\u200D", "\u202E\u2066", "\u0000"])("of %j is empty", (text) => {
    expect(cleanLine(text, 32)).toBe("");
  });

  test("is cut at its limit without halving a character", () => {
    expect(cleanLine("x".repeat(40), 32)).toBe("x".repeat(32));
    expect(cleanLine("🚡🚡", 3)).toBe("🚡");
  });
});

describe("cleaned text", () => {
  test("keeps its lines and tabs and loses other controls", () => {
    expect(cleanText("\r\n one\r\n\ttwo\u0000\u001b[31m \n")).toBe("one\n\ttwo[31m");
  });

  test("of nothing visible is empty", () => {
    expect(cleanText(" \n\u200B\t")).toBe("");
  });
});
