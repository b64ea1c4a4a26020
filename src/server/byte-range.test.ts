import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseByteRange } from "./byte-range.ts";

describe("parseByteRange", () => {
  test.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=2-5", { start: 2, end: 5 }],
    ["bytes=2-", { start: 2, end: 9 }],
    ["bytes=2-99", { start: 2, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-99", { start: 0, end: 9 }],
    ["bytes=9-9", { start: 9, end: 9 }],
  ])("reads %s of 10 bytes", (header, range) => {
    expect(parseByteRange(header, 10)).toEqual(range);
  });

  test.each(["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=999999999999999-"])(
    "finds %s outside",
    (header) => {
      expect(parseByteRange(header, 10)).toBe("unsatisfiable");
    },
  );

  test.each([
    undefined,
    "",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=a-b",
    "bytes=--5",
    "bytes=0-1,3-4",
    "lines=0-1",
    "bytes=0x1-2",
    "bytes=9999999999999999-",
  ])("ignores %j", (header) => {
    expect(parseByteRange(header, 10)).toBeNull();
  });

  test("finds nothing in an empty file", () => {
    expect(parseByteRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(parseByteRange("bytes=-1", 0)).toBe("unsatisfiable");
  });

  test("stays inside the file for any numbers", () => {
    const bound = fc.oneof(fc.constant(""), fc.nat().map(String), fc.bigInt({ min: 0n }).map(String));
    fc.assert(
      fc.property(bound, bound, fc.nat(), (first, last, size) => {
        const range = parseByteRange(`bytes=${first}-${last}`, size);
        if (range === null || range === "unsatisfiable") return;
        expect(0 <= range.start && range.start <= range.end && range.end < size).toBe(true);
      }),
    );
  });
});
