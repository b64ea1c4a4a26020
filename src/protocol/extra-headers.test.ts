import { describe, expect, test } from "vitest";
import { formatExtraHeaders } from "./extra-headers.ts";

const reserved = new Set(["host"]);

describe("headers of the caller's own", () => {
  test("are written one a line", () => {
    const headers = { Authorization: "Basic a b\t=", "Set-Cookie": ["a=1", "b=2"], Empty: "", None: [] };
    expect(formatExtraHeaders(headers, reserved)).toBe(
      "Authorization: Basic a b\t=\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nEmpty: \r\n",
    );
  });

  test("may be left out", () => {
    expect(formatExtraHeaders(undefined, reserved)).toBe("");
  });

  test.each(["host", "Host", "HOST"])("may not override %s", (name) => {
    expect(() => formatExtraHeaders({ [name]: "a" }, reserved)).toThrow(
      new TypeError(`headers has "${name}", which the handshake writes itself`),
    );
  });

  test.each(["", "a b", "a:", "a\r\nb", "\u00e4"])("may not have the name %j", (name) => {
    expect(() => formatExtraHeaders({ [name]: "a" }, reserved)).toThrow(TypeError);
  });

  test.each([
    "a\r\nX: b",
    "a\n",
    "a\r",
    "\0",
    "\u007f",
    "\u00e4",
    "\u010a",
    "\u560a",
    1,
    null,
    undefined,
    {},
  ])("may not have the value %j", (value) => {
    for (const given of [value, ["ok", value]]) {
      expect(() => formatExtraHeaders({ "X-A": given as string }, reserved)).toThrow(
        new TypeError('headers["X-A"] must be text of visible ASCII characters, spaces and tabs'),
      );
    }
  });
});
