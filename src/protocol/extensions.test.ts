import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HandshakeError } from "./errors.ts";
import {
  type Extension,
  type ExtensionParameter,
  extensionNamesMax,
  formatExtensions,
  parseExtensions,
} from "./extensions.ts";

function extension(name: string, ...parameters: ExtensionParameter[]): Extension {
  return { name, parameters };
}

describe("Sec-WebSocket-Extensions (RFC 6455 §9.1)", () => {
  test.each([
    ["foo", extension("foo")],
    ["foo; a", extension("foo", ["a", true])],
    ["foo;a=1;b=x", extension("foo", ["a", "1"], ["b", "x"])],
    [" foo\t; a = 1 ; b ", extension("foo", ["a", "1"], ["b", true])],
    ["foo; a=1; a=2; a", extension("foo", ["a", "1"], ["a", "2"], ["a", true])],
    ["__proto__; constructor=1", extension("__proto__", ["constructor", "1"])],
    ["deflate-stream", extension("deflate-stream")],
  ])("%j is read", (header, expected) => {
    expect(parseExtensions(header)).toEqual([expected]);
  });

  test.each(['foo; a="10"', 'foo; a="1\\0"', 'foo; a = "10" '])(
    "%j has the value that the quotes stand for [6455-4.3-1 server] [6455-4.3-1 client]",
    (header) => {
      expect(parseExtensions(header)).toEqual([extension("foo", ["a", "10"])]);
    },
  );

  test.each([
    ["foo,bar; b", extension("foo"), extension("bar", ["b", true])],
    [",, foo ,\t, foo,", extension("foo"), extension("foo")],
    [
      "mux; max-channels=4; flow-control, x",
      extension("mux", ["max-channels", "4"], ["flow-control", true]),
      extension("x"),
    ],
  ])("the list %j is read in order", (header, ...expected) => {
    expect(parseExtensions(header)).toEqual(expected);
  });

  test.each([
    ["", 0],
    [" ", 1],
    [",", 1],
    ["foo;", 4],
    ["foo;;a", 4],
    ["; a", 0],
    ["foo bar", 4],
    ["foo; a=", 7],
    ["foo; a==", 7],
    ["foo; =1", 5],
    ["foo; a b", 7],
    ["foo=1", 3],
    ["foo; \u00e4", 5],
    ['"foo"', 0],
    ['foo; "a"', 5],
  ])("%j is refused at its fault [6455-4.2.1-8 server]", (header, position) => {
    expect(() => parseExtensions(header)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_EXTENSIONS", status: 400, facts: { position } }),
    );
  });

  test.each([
    'foo; a=""',
    'foo; a="1',
    'foo; a="1 0"',
    'foo; a="\\""',
    'foo; a="a,b"',
    'foo; a="1"x',
    'foo; a="\u00e4"',
  ])(
    "%j is refused, as the quotes do not stand for a token [6455-4.3-1 server] [6455-4.3-1 client]",
    (header) => {
      expect(() => parseExtensions(header)).toThrow(
        expect.objectContaining({ code: "WS_HANDSHAKE_EXTENSIONS" }),
      );
    },
  );
});

describe("the limit of extensions and parameters", () => {
  test.each([
    ["extensions", (count: number) => "a,".repeat(count)],
    ["parameters", (count: number) => `a${"; b=1".repeat(count - 1)}`],
    ["both", (count: number) => `${"a;b,".repeat(Math.floor(count / 2))}${count % 2 === 1 ? "a" : ""}`],
  ])("holds for %s", (_, write) => {
    expect(parseExtensions(write(extensionNamesMax))).not.toHaveLength(0);
    expect(() => parseExtensions(write(extensionNamesMax + 1))).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_TOO_MANY_EXTENSIONS", status: 400 }),
    );
  });

  test("ends the reading of a header of a megabyte", () => {
    expect(() => parseExtensions('a;b="c",'.repeat(150_000))).toThrow("more than 64");
    expect(() => parseExtensions(`a; b="${"\\c".repeat(500_000)}`)).toThrow("breaks its grammar");
  });
});

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const parameter = fc.tuple(token, fc.oneof(token, fc.constant(true as const)));
const extensions = fc.array(fc.record({ name: token, parameters: fc.array(parameter, { maxLength: 5 }) }), {
  minLength: 1,
  maxLength: 8,
});

test("what is written is read back", () => {
  const property = fc.property(extensions, (list) => {
    expect(parseExtensions(formatExtensions(list))).toEqual(list);
  });
  fc.assert(property, { numRuns: 10_000 });
});

test("any text at all gives a list or a HandshakeError", () => {
  const piece = fc.constantFrom(
    "foo",
    ",",
    ";",
    "=",
    '"',
    "\\",
    " ",
    "\t",
    "permessage-deflate",
    "\u00e4",
    "__proto__",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
  );
  const property = fc.property(text, (header) => {
    try {
      const [first] = parseExtensions(header);
      expect(first.name).not.toBe("");
    } catch (error) {
      expect(error).toBeInstanceOf(HandshakeError);
    }
  });
  fc.assert(property, { numRuns: 10_000 });
});
