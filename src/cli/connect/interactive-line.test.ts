import { describe, expect, test } from "vitest";
import { interactiveHelp, parseInteractiveLine } from "./interactive-line.ts";

function parse(line: string) {
  return parseInteractiveLine(line, false);
}

describe("parseInteractiveLine", () => {
  test("sends an ordinary line as it stands", () => {
    expect(parse("  hello  there ")).toEqual({ kind: "text", text: "  hello  there " });
  });

  test("sends one slash for two at the beginning, and none is lost later", () => {
    expect(parse("//ping")).toEqual({ kind: "text", text: "/ping" });
    expect(parse("///")).toEqual({ kind: "text", text: "//" });
    expect(parse("a //b")).toEqual({ kind: "text", text: "a //b" });
  });

  test.each(["", "   ", "\t"])("does nothing for %j", (line) => {
    expect(parse(line)).toEqual({ kind: "nothing" });
  });

  test("takes a ping with and without data", () => {
    expect(parse("/ping")).toEqual({ kind: "ping", data: "" });
    expect(parse("/ping are you there")).toEqual({ kind: "ping", data: "are you there" });
  });

  test("takes bytes as hex", () => {
    expect(parse("/binary 00 ff7F")).toEqual({ kind: "binary", bytes: Buffer.from([0, 255, 127]) });
    expect(parse("/binary")).toEqual({ kind: "binary", bytes: Buffer.alloc(0) });
  });

  test("takes a plain line as hex in binary mode", () => {
    expect(parseInteractiveLine("00ff", true)).toEqual({ kind: "binary", bytes: Buffer.from([0, 255]) });
    expect(parseInteractiveLine("hello", true)).toMatchObject({ kind: "problem" });
  });

  test.each([
    ["/close", 1000, ""],
    ["/close 1000", 1000, ""],
    ["/close 3000 see you", 3000, "see you"],
    ["/close 4999", 4999, ""],
  ])("takes %j", (line, code, reason) => {
    expect(parse(line)).toEqual({ kind: "close", code, reason });
  });

  test.each(["/close 1001", "/close 999", "/close 5000", "/close 3000.5", "/close soon", "/close -1"])(
    "refuses %j and names the codes that are allowed",
    (line) => {
      expect(parse(line)).toMatchObject({
        message: expect.stringContaining("1000 and 3000 to 4999") as string,
      });
    },
  );

  test.each([
    ["ping", `/ping ${"é".repeat(63)}`, "at most 125 bytes, this has 126"],
    ["close reason", `/close 3000 ${"é".repeat(62)}`, "at most 123 bytes, this has 124"],
  ])("counts the bytes of a %s that is too long", (_name, line, words) => {
    expect(parse(line)).toMatchObject({ kind: "problem", message: expect.stringContaining(words) as string });
  });

  test.each(["/quit", "/", "/pin g", "/constructor", "/__proto__"])("refuses the command %j", (line) => {
    expect(parse(line)).toMatchObject({
      kind: "problem",
      message: expect.stringContaining("/help") as string,
    });
  });

  test("every command has a line of help", () => {
    const help = interactiveHelp.join("\n");
    for (const name of ["/ping", "/binary", "/close", "/help", "//"]) expect(help).toContain(name);
    expect(parse("/help")).toEqual({ kind: "help" });
  });
});
