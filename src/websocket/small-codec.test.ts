import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../../test/raw-peer/deflate.ts";
import { SmallFirstDeflater, SmallFirstInflater } from "./small-codec.ts";
import { ZlibDeflater, ZlibInflater } from "./zlib-codec.ts";

const whole = { windowBits: 15, takesOverContext: false };
const options = { ...whole, threshold: 10, level: -1, memLevel: 8 };
const text = (bytes: number): Buffer => Buffer.alloc(bytes, "some text, of which there is more; ");

describe("messages are deflated", () => {
  test.each([10, 11, 300, 4096, 4097, 100_000])("of %d bytes, for any inflater", (size) => {
    for (const message of [text(size), randomBytes(size)]) {
      expect(inflate(new SmallFirstDeflater(options).deflate(message)!)).toEqual(message);
    }
  });

  test("from the threshold on", () => {
    const deflater = new SmallFirstDeflater({ ...options, threshold: 5000 });
    for (const size of [0, 4096, 4999]) expect(deflater.deflate(text(size))).toBeUndefined();
    expect(deflater.deflate(text(5000))).toBeDefined();
  });

  test("as zlib does it once they are large", () => {
    const message = text(4097);
    expect(new SmallFirstDeflater(options).deflate(message)).toEqual(
      new ZlibDeflater(options).deflate(message),
    );
  });

  test.each([8, 9, 10, 12])("for a peer with a window of %d bits", (windowBits) => {
    const half = randomBytes(2 ** Math.min(windowBits, 9));
    const message = Buffer.concat([half, half, Buffer.from("!"), half]);
    const data = new SmallFirstDeflater({ ...options, windowBits }).deflate(message)!;
    expect(data.length).toBeLessThan(2.2 * half.length + 20);
    expect(inflate(data, { windowBits })).toEqual(message);
  });

  test("not at all where they are large and the window is smaller than zlib's smallest", () => {
    const deflater = new SmallFirstDeflater({ ...options, windowBits: 8 });
    expect(deflater.deflate(text(4096))).toBeDefined();
    expect(deflater.deflate(text(4097))).toBeUndefined();
  });
});

describe("messages are inflated", () => {
  const inflater = new SmallFirstInflater(whole);

  test.each([0, 1, 500, 4096, 8192, 8193, 100_000])("to %d bytes", (size) => {
    for (const message of [text(size), randomBytes(size)]) {
      expect(inflater.inflate(deflate(message), size)).toEqual(message);
      if (size > 0) expect(inflater.inflate(deflate(message), size - 1)).toBe("too-large");
    }
  });

  test("of several DEFLATE streams (RFC 7692 §7.2.3.4)", () => {
    const final = deflateRawSync("one, ", { finishFlush: constants.Z_FINISH });
    const message = inflater.inflate(Buffer.concat([final, final, deflate("two")]), 100) as Buffer;
    expect(message.toString()).toBe("one, one, two");
  });

  test.each([
    ["a reserved kind of block", "ffff"],
    ["a distance before the beginning", "4b041200"],
    ["a stored block whose lengths differ", "000100000061"],
  ])("%s is invalid", (_what, hex) => {
    expect(inflater.inflate(Buffer.from(hex, "hex"), 100)).toBe("invalid");
  });

  test("cut off, as far as zlib inflates them", () => {
    const data = deflate(text(300));
    for (let size = 0; size < data.length; size++) {
      const cut = data.subarray(0, size);
      expect(inflater.inflate(cut, 1000)).toEqual(new ZlibInflater(whole).inflate(cut, 1000));
    }
  });
});

test("what is made stays as it is when more is made", () => {
  const deflater = new SmallFirstDeflater(options);
  const inflater = new SmallFirstInflater(whole);
  const [first, second] = [text(100), randomBytes(100)];
  const data = [first, second].map((message) => deflater.deflate(message)!);
  const messages = data.map((compressed) => inflater.inflate(compressed, 100));
  expect(messages).toEqual([first, second]);
});
