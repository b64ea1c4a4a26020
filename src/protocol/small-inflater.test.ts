import { describe, expect, test } from "vitest";
import { type Bits, codeHeader, deflateBits } from "../../test/pure/deflate-bits.ts";
import { concat, textOf, utf8 } from "../../test/pure/frames.ts";
import { SmallInflater } from "./small-inflater.ts";

const output = new Uint8Array(4096);
const inflater = new SmallInflater(1024, output);

function inflated(data: Uint8Array, bytesMax = Number.POSITIVE_INFINITY): string | undefined {
  const bytes = inflater.inflate(data, bytesMax);
  return bytes === undefined ? undefined : textOf(output, 0, bytes);
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A stored block; `flags` marks a final one. */
function stored(text: string, flags = 0): Uint8Array {
  const bytes = utf8(text);
  const { length } = bytes;
  return concat([flags, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255], bytes);
}

const empty = [0] as const;

describe("a message is inflated (RFC 7692 §7.2.3)", () => {
  test.each([
    ["of one block", "f248cdc9c90700", "Hello"],
    ["of a stored block", "000500faff48656c6c6f00", "Hello"],
    ["of two blocks", "f24805000000ffffcac9c90700", "Hello"],
    ["of a final block, and a zero byte", "f348cdc9c9070000", "Hello"],
    ["of a final block alone", "f348cdc9c90700", "Hello"],
    ["of nothing", "00", ""],
    ["of no block but one that is marked as final", "01", ""],
  ])("%s", (_what, data, text) => {
    expect(inflated(hex(data))).toBe(text);
  });

  test("one after another, none of which has anything to do with the one before", () => {
    expect(inflated(concat(stored("a first one"), empty))).toBe("a first one");
    // A match of 3 bytes, one back.
    expect(inflated(deflateBits([0b010, 3], "0000001", "00000", "0000000", [0, 3]))).toBeUndefined();
    expect(inflated(concat(stored("xy"), stored("z"), empty))).toBe("xyz");
  });

  test("with matches that overlap what they make", () => {
    const data = deflateBits([0b010, 3], "10010001", "0000101", "00000", "0000000", [0, 3]);
    expect(inflated(data)).toBe("a".repeat(8));
  });
});

describe("codes of a block's own (RFC 1951 §3.2.7)", () => {
  /** Of the code for code lengths: 1 is `0`, zeros are `10` and 7 bits, 2 is `110`, the repetition `111` and 2 bits. */
  const lengthBits = { 1: 1, 18: 2, 2: 3, 16: 3 };
  const zeros = (count: number): Bits[] => ["10", [count - 11, 7]];
  const end = [0, 3] as const;

  /** Literals: `a` is `0`, the end is `1`. */
  const literals: Bits[] = [...zeros(97), "0", ...zeros(138), ...zeros(20), "0"];

  test("are read", () => {
    const header = codeHeader({ literals: 257, distances: 1, lengthBits });
    expect(inflated(deflateBits(...header, ...literals, "0", "0", "0", "1", end))).toBe("aa");
  });

  test("are read with all repetitions", () => {
    // 1 is `00`, 3 is `01`; many zeros are `10` and 7 bits, the repetition `110` and 2, a few zeros `111` and 3.
    const repeating = { 1: 2, 3: 2, 18: 2, 16: 3, 17: 3 };
    const header = codeHeader({ literals: 257, distances: 1, lengthBits: repeating });
    const lengths: Bits[] = [...zeros(97), "01", "110", [0, 2], ...zeros(138), ...zeros(11), "111", [3, 3]];
    const message = ["100", "101", "110", "111", "0"];
    expect(inflated(deflateBits(...header, ...lengths, "00", "00", ...message, end))).toBe("abcd");
  });

  test("may have one distance, of one bit", () => {
    const header = codeHeader({ literals: 258, distances: 1, lengthBits });
    // a `0`, end `10`, length 3 `11`
    const lengths: Bits[] = [...zeros(97), "0", ...zeros(138), ...zeros(20), "110", "110", "0"];
    expect(inflated(deflateBits(...header, ...lengths, "0", "11", "0", "10", end))).toBe("aaaa");
    expect(inflated(deflateBits(...header, ...lengths, "0", "11", "1", "10", end))).toBeUndefined();
  });

  test("may have no distance", () => {
    const noDistance = { 0: 3, 1: 1, 18: 2, 2: 3 };
    const header = codeHeader({ literals: 258, distances: 1, lengthBits: noDistance });
    const lengths: Bits[] = [...zeros(97), "0", ...zeros(138), ...zeros(20), "111", "111", "110"];
    expect(inflated(deflateBits(...header, ...lengths, "0", "10", end))).toBe("a");
    expect(inflated(deflateBits(...header, ...lengths, "0", "11", "10", end))).toBeUndefined();
  });

  test("may have up to 15 bits", () => {
    const four = Object.fromEntries([...Array.from({ length: 15 }, (_, i) => i + 1), 18].map((i) => [i, 4]));
    const header = codeHeader({ literals: 258, distances: 11, lengthBits: four });
    const upTo = (last: number): Bits[] =>
      Array.from({ length: last }, (_, i) => i.toString(2).padStart(4, "0"));
    const skip = (count: number): Bits[] => ["1111", [count - 11, 7]];
    // From `a`, of one bit, to `n`, of 14; the end and the length 3 have 15; distances from 1 to 10 bits, two of them.
    const lengths = [
      ...skip(97),
      ...upTo(14),
      ...skip(134),
      ...skip(11),
      "1110",
      "1110",
      ...upTo(10),
      "1001",
    ];
    const n = `${"1".repeat(13)}0`;
    const match = ["1".repeat(15), "1".repeat(10), "0000"];
    const whole: Bits[] = [...lengths, ...Array.from({ length: 33 }, () => n), ...match];
    expect(inflated(deflateBits(...header, ...whole, `${"1".repeat(14)}0`, end))).toBe("n".repeat(36));
  });

  test.each<[what: string, bits: Bits[]]>([
    ["more literals than there are", codeHeader({ literals: 287, distances: 1, lengthBits })],
    ["more distances than there are", codeHeader({ literals: 257, distances: 31, lengthBits })],
    [
      "a code for code lengths with room left",
      codeHeader({ literals: 257, distances: 1, lengthBits: { 1: 1 } }),
    ],
    [
      "a code for code lengths with too little room",
      codeHeader({ literals: 257, distances: 1, lengthBits: { 1: 1, 2: 1, 3: 1 } }),
    ],
    [
      "a repetition of nothing",
      [...codeHeader({ literals: 257, distances: 1, lengthBits }), "111", [0, 2], ...literals, "0"],
    ],
    [
      "more lengths than symbols",
      [...codeHeader({ literals: 257, distances: 1, lengthBits }), ...literals, "111", [0, 2]],
    ],
    [
      "no code for the end",
      [...codeHeader({ literals: 257, distances: 1, lengthBits }), ...literals.slice(0, -1), ...zeros(11)],
    ],
    [
      "too many literals' codes",
      [...codeHeader({ literals: 257, distances: 1, lengthBits }), "0", "0", ...literals.slice(2), "0"],
    ],
    [
      "too many distances' codes",
      [...codeHeader({ literals: 257, distances: 3, lengthBits }), ...literals, "0", "0", "0"],
    ],
    ["nothing after the codes", [...codeHeader({ literals: 257, distances: 1, lengthBits }), ...literals]],
    ["nothing after their count", codeHeader({ literals: 257, distances: 1, lengthBits }).slice(0, 3)],
  ])("%s is given up", (_what, bits) => {
    expect(inflated(deflateBits(...bits))).toBeUndefined();
    expect(inflated(concat(deflateBits(...bits), [0, 0, 0, 0]))).toBeUndefined();
  });
});

describe("it gives up", () => {
  test.each([
    ["a reserved kind of block", "06"],
    ["a stored block whose lengths differ", "000100000061"],
    ["a stored block that is cut off", "000500faff4865"],
    ["no data", ""],
    ["a header that is cut off", "f248cdc9c907"],
    ["codes that are cut off", "f248cd"],
    ["a length that must not occur, in the fixed code", "1b03"],
    ["a distance before the beginning", "4b041200"],
    ["data after a final block", "f348cdc9c90700f248cdc9c90700"],
    ["a byte after a final block that is no empty block", "f348cdc9c9070002"],
  ])("%s", (_what, data) => {
    expect(inflated(hex(data))).toBeUndefined();
  });

  test("a distance that must not occur, in the fixed code", () => {
    const data = deflateBits([0b010, 3], "10010001", "0000001", "11110", "0000000", [0, 3]);
    expect(inflated(data)).toBeUndefined();
  });

  test("a message larger than it is made for", () => {
    const message = "x".repeat(1018);
    expect(inflated(concat(stored(message), empty))).toBe(message);
    expect(inflated(concat(stored(`${message}x`), empty))).toBeUndefined();
  });

  test("what inflates to more than the caller's limit, whether by literals, matches or stored bytes", () => {
    const matched = deflateBits([0b010, 3], "10010001", "0000001", "00000", "0000000", [0, 3]);
    for (const data of [hex("f248cdc9c90700"), concat(stored("Hello"), empty), concat(matched)]) {
      const size = inflated(data)!.length;
      expect(inflated(data, size)).toHaveLength(size);
      expect(inflated(data, size - 1)).toBeUndefined();
    }
  });

  test("what inflates to more than its output", () => {
    // 258 bytes by each match.
    const matches = (count: number): Uint8Array =>
      deflateBits(
        [0b010, 3],
        "10010001",
        ...Array.from({ length: count }, () => "1100010100000"),
        "0000000",
        [0, 3],
      );
    expect(inflated(matches(15))).toHaveLength(1 + 15 * 258);
    expect(inflated(matches(16))).toBeUndefined();
  });
});
