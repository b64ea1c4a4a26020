import { describe, expect, test } from "vitest";
import { byteByByte, concat, utf8 } from "../../test/pure/frames.ts";
import { Utf8Validator } from "./utf8-validator.ts";

/** How many bytes were taken before one was refused; all of them if the text can begin so. */
function acceptedBytes(bytes: readonly number[] | Uint8Array): number {
  const validator = new Utf8Validator();
  const refused = byteByByte(Uint8Array.from(bytes)).findIndex((byte) => !validator.accepts(byte, 0, 1));
  return refused === -1 ? bytes.length : refused;
}

function isWhole(bytes: readonly number[]): boolean {
  const validator = new Utf8Validator();
  return validator.accepts(Uint8Array.from(bytes), 0, bytes.length) && validator.isComplete;
}

function isDecodable(bytes: Iterable<number>): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

const long = utf8("b".repeat(200));
const boundaries = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];

describe("UTF-8 as it arrives (RFC 3629, RFC 6455 §8.1)", () => {
  test.each(["", "plain", "Grüße", "€uro", "😀", "\u0000\u007f\u0080\u07ff\u0800\uffff", "\u{10ffff}"])(
    "%j is valid in any pieces",
    (text) => {
      const bytes = utf8(text);
      expect(acceptedBytes(bytes)).toBe(bytes.length);
      expect(isWhole([...bytes])).toBe(true);
    },
  );

  test.each([
    ["a continuation byte at the start", [0x80], 0],
    ["an overlong slash of 2 bytes", [0xc0, 0xaf], 0],
    ["an overlong slash of 3 bytes", [0xe0, 0x80, 0xaf], 1],
    ["an overlong slash of 4 bytes", [0xf0, 0x80, 0x80, 0xaf], 1],
    ["a high surrogate", [0xed, 0xa0, 0x80], 1],
    ["a low surrogate", [0xed, 0xbf, 0xbf], 1],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 1],
    ["a lead byte for 5 bytes", [0xf8, 0x88, 0x80, 0x80, 0x80], 0],
    ["0xff", [0x61, 0xff], 1],
    ["a character cut by another", [0xe2, 0x82, 0x41], 2],
    ["a continuation byte too many", [0xc3, 0xbc, 0xbc], 2],
  ])("%s is refused at the first byte that cannot be there", (_what, bytes, accepted) => {
    expect(acceptedBytes(bytes)).toBe(accepted);
  });

  test("every lead byte with every kind of second byte is judged as a decoder does", () => {
    const tails = [[], [0x80], [0x80, 0x80]];
    for (let lead = 0; lead < 256; lead++) {
      for (const bytes of boundaries.flatMap((second) => tails.map((tail) => [lead, second, ...tail]))) {
        expect(isWhole(bytes), bytes.join()).toBe(isDecodable(bytes));
      }
    }
  });

  test.each([1, 2, 3])(
    "is not complete with %d of the 4 bytes of a character, and goes on with the rest",
    (cut) => {
      const validator = new Utf8Validator();
      const bytes = utf8("😀");
      expect(validator.accepts(bytes, 0, cut)).toBe(true);
      expect(validator.isComplete).toBe(false);
      expect(validator.accepts(bytes, cut, 4)).toBe(true);
      expect(validator.isComplete).toBe(true);
    },
  );

  test.each(["a", "ü", "€", "😀"])(
    "asks the platform about long pieces of %j, wherever they are cut",
    (character) => {
      const bytes = utf8(character.repeat(150));
      for (let cut = 0; cut <= bytes.length; cut++) {
        const validator = new Utf8Validator(isDecodable);
        expect(validator.accepts(bytes, 0, cut) && validator.accepts(bytes, cut, bytes.length)).toBe(true);
        expect(validator.isComplete).toBe(true);
      }
    },
  );

  test.each([
    ["begins with what cannot go on", [0x41, ...long]],
    ["holds what cannot be", [0x82, 0xac, 0xff, ...long]],
    ["holds a continuation byte too many", [0x82, 0xac, 0xac, ...long]],
    ["ends with a lead byte of nothing", [0x82, 0xac, ...long, 0xf8]],
    ["ends with a character that cannot go on", [0x82, 0xac, ...long, 0xe0, 0x80]],
    ["ends with continuation bytes of nothing", [0x82, 0xac, ...long, 0x80, 0x80, 0x80, 0x80]],
  ])("refuses a long piece at once that %s", (_what, piece) => {
    const validator = new Utf8Validator(isDecodable);
    expect(validator.accepts(new Uint8Array([0xe2]), 0, 1)).toBe(true);
    expect(validator.accepts(Uint8Array.from(piece), 0, piece.length)).toBe(false);
  });

  test("looks at the given range only", () => {
    const bytes = concat([0xff], utf8("ok"), [0xff]);
    expect(new Utf8Validator().accepts(bytes, 1, 3)).toBe(true);
  });
});
