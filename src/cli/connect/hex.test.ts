import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexDump, parseHex } from "./hex.ts";

describe("hexDump", () => {
  test("shows position, hex and ASCII, and hides what is not printable", () => {
    expect(hexDump(Buffer.from("Ropeway\x1b[2J\xff carries cabins", "latin1"))).toEqual([
      "00000000  52 6f 70 65 77 61 79 1b  5b 32 4a ff 20 63 61 72  |Ropeway.[2J. car|",
      "00000010  72 69 65 73 20 63 61 62  69 6e 73                 |ries cabins|",
    ]);
  });

  test("counts what it leaves out", () => {
    expect(hexDump(new Uint8Array(256))).toHaveLength(16);
    expect(hexDump(new Uint8Array(257)).at(-1)).toBe("… 1 more byte");
    expect(hexDump(new Uint8Array(70_000)).at(-1)).toBe("… 69744 more bytes");
  });

  test("is empty for an empty message", () => {
    expect(hexDump(new Uint8Array(0))).toEqual([]);
  });
});

describe("parseHex", () => {
  test("reads back what any bytes are in hex, however they are spaced", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("", " ", "  ", "\t"), (bytes, gap) => {
        const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(gap);
        expect(Array.from(parseHex(text) ?? [])).toEqual(Array.from(bytes));
      }),
    );
  });

  test.each(["0", "0g", "0x00", "00 1", "é0"])("refuses %j", (text) => {
    expect(parseHex(text)).toBeNull();
  });
});
