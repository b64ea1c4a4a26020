import { describe, expect, test } from "vitest";
import { ascii } from "../../test/pure/recorded-link.ts";
import { readBinaryDataHeader, readDataHeader, writeDataHeader } from "./data-header.ts";

const plain = { stream: 0, message: 12, byteOffset: 0, messageBytes: -1, handled: -1 };

const headers = [
  ["12:", plain],
  ["3.12:", { ...plain, stream: 3 }],
  ["12~11:", { ...plain, handled: 11 }],
  ["12~0:", { ...plain, handled: 0 }],
  ["12@16384/40000:", { ...plain, byteOffset: 16_384, messageBytes: 40_000 }],
  ["12@0/0:", { ...plain, messageBytes: 0 }],
  ["3.12@1/2~5:", { stream: 3, message: 12, byteOffset: 1, messageBytes: 2, handled: 5 }],
  ["9007199254740991:", { ...plain, message: Number.MAX_SAFE_INTEGER }],
] as const;

describe("the header of a data frame", () => {
  test.each(headers)("%s", (text, header) => {
    const expected = { ...header, payloadStart: text.length };
    expect({ ...readDataHeader(`${text}1:2`) }).toEqual(expected);
    expect({ ...readBinaryDataHeader(ascii(`${text}1:2`)) }).toEqual(expected);
    expect(writeDataHeader(header.stream, header.message, header)).toBe(text);
  });

  test.each([
    "",
    ":",
    "12",
    "x:",
    "012:",
    "00:",
    "1.:",
    ".1:",
    "1.2.3:",
    "1@:",
    "1@2:",
    "1@2/:",
    "1@/2:",
    "1@02/3:",
    "1/2:",
    "1~:",
    "1~2~3:",
    "1~2@3/4:",
    "1!5:",
    "1 :",
    "-1:",
    "1e3:",
    "9007199254740992:",
    "10000000000000000:",
    `${"9".repeat(400)}:`,
  ])("%j is none", (text) => {
    expect(() => readDataHeader(text)).toThrow("Not a frame of ropeway.1: the header");
    expect(() => readBinaryDataHeader(ascii(text))).toThrow("Not a frame of ropeway.1: the header");
  });

  test("is sought at the begin of the bytes only", () => {
    const frame = new Uint8Array(100_000).fill(0x31);
    frame[99_999] = 0x3a;
    expect(() => readBinaryDataHeader(frame)).toThrow("the header");
  });

  test("tells nothing of the payload when it is wrong", () => {
    expect(() => readDataHeader("1;my password")).toThrow("the header of a frame of 13 or more characters");
  });
});
