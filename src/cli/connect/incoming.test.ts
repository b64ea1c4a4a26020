import { describe, expect, test } from "vitest";
import { incomingLines } from "./incoming.ts";

describe("incomingLines", () => {
  test("marks a text as received", () => {
    expect(incomingLines("hello")).toEqual(["< hello"]);
    expect(incomingLines("")).toEqual(["< "]);
  });

  test("indents the lines of one text, so that none looks like a message", () => {
    expect(incomingLines("one\n< two\nClosed: 1000")).toEqual(["< one", "  < two", "  Closed: 1000"]);
  });

  test("does not let a text act on the terminal", () => {
    expect(incomingLines("\x1b[1A\rfake")).toEqual(["< \\x1b[1A\\rfake"]);
  });

  test("counts what it cuts from a long text", () => {
    expect(incomingLines("x".repeat(16_384))).toEqual([`< ${"x".repeat(16_384)}`]);
    expect(incomingLines("x".repeat(16_385)).at(-1)).toBe("  … 1 more character");
    expect(incomingLines("x".repeat(20_000)).at(-1)).toBe("  … 3616 more characters");
  });

  test("shows bytes as hex with their number", () => {
    expect(incomingLines(Buffer.from("hi"))[0]).toBe("< binary, 2 bytes");
    expect(incomingLines(Buffer.from("hi"))[1]).toMatch(/^ {2}00000000 {2}68 69 .*\|hi\|$/);
    expect(incomingLines(new Uint8Array(1))[0]).toBe("< binary, 1 byte");
    expect(incomingLines(new Uint8Array(0))).toEqual(["< binary, 0 bytes"]);
  });
});
