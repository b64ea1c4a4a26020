import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatMessage, parseMessage } from "./pipe-format.ts";

const bytes = Buffer.from([0, 255, 10]);

describe("formatMessage", () => {
  test("writes text as it is and bytes as hex", () => {
    expect(formatMessage("hello", "text")).toBe("hello");
    expect(formatMessage(bytes, "text")).toBe("00ff0a");
    expect(formatMessage(bytes, "binary")).toBe("00ff0a");
  });

  test("keeps the kind and the line feeds apart in JSON", () => {
    expect(formatMessage("two\nlines", "json")).toBe('{"type":"text","data":"two\\nlines"}');
    expect(formatMessage(bytes, "json")).toBe('{"type":"binary","data":"00ff0a"}');
  });

  test("takes a view into a larger buffer", () => {
    expect(formatMessage(new Uint8Array([1, 2, 3, 4]).subarray(1, 3), "text")).toBe("0203");
  });
});

describe("parseMessage", () => {
  test("takes a line as text, whatever it looks like", () => {
    expect(parseMessage('{"type":"close"}', "text", 1)).toBe('{"type":"close"}');
    expect(parseMessage("/close", "text", 1)).toBe("/close");
    expect(parseMessage("", "text", 1)).toBe("");
  });

  test("reads back every message in JSON", () => {
    const message = fc.oneof(
      fc.string(),
      fc.uint8Array().map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(message, (sent) => {
        const line = formatMessage(sent, "json");
        expect(line).not.toContain("\n");
        expect(parseMessage(line, "json", 1)).toEqual(sent);
      }),
    );
  });

  test.each([
    "",
    "hello",
    "null",
    "[]",
    '{"type":"text"}',
    '{"type":"text","data":1}',
    '{"type":"binary","data":"0"}',
    '{"type":"ping","data":""}',
  ])("refuses %j as JSON and names the line", (line) => {
    expect(() => parseMessage(line, "json", 7)).toThrow('Line 7 of the input is not {"type":"text"');
  });

  test("refuses what is not hex and names the line", () => {
    expect(() => parseMessage("xyz", "binary", 3)).toThrow("Line 3 of the input is not hex");
  });
});
