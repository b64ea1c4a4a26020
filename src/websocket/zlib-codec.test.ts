import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../../test/raw-peer/deflate.ts";
import { ZlibDeflater, type ZlibDeflaterOptions, ZlibInflater } from "./zlib-codec.ts";

const whole = { windowBits: 15, takesOverContext: false };
const taking = { windowBits: 15, takesOverContext: true };

function newDeflater(options: Partial<ZlibDeflaterOptions> = {}): ZlibDeflater {
  return new ZlibDeflater({ ...whole, threshold: 0, level: 6, memLevel: 8, ...options });
}

function inflated(data: Uint8Array, options = whole, bytesMax = 1000): string {
  const message = new ZlibInflater(options).inflate(data, bytesMax);
  return typeof message === "string" ? message : Buffer.from(message).toString();
}

/** DEFLATE data that ends its stream: its last block is marked so (RFC 1951 §3.2.3). */
function finalBlock(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_FINISH });
}

describe("a message is deflated (RFC 7692 §7.2.1)", () => {
  test.each(["", "a", "Hello, Hello, Hello", "x".repeat(100_000)])("and inflated to what it was", (text) => {
    const data = newDeflater().deflate(Buffer.from(text))!;
    expect(inflate(data).toString()).toBe(text);
    expect(inflated(data, whole, 100_000)).toBe(text);
  });

  test("also where it cannot be made smaller", () => {
    const bytes = randomBytes(70_000);
    expect(inflate(newDeflater({ level: 0 }).deflate(bytes)!)).toEqual(bytes);
    expect(new ZlibInflater(whole).inflate(newDeflater().deflate(bytes)!, 70_000)).toEqual(bytes);
  });

  test("without the empty block at its end", () => {
    const data = newDeflater().deflate(Buffer.from("Hello"))!;
    expect(Buffer.from(data).toString("hex")).toBe("f248cdc9c90700");
  });

  test("from the threshold on", () => {
    const deflater = newDeflater({ threshold: 10 });
    expect(deflater.deflate(Buffer.alloc(9))).toBeUndefined();
    expect(deflater.deflate(Buffer.alloc(10))).toBeInstanceOf(Uint8Array);
  });

  test("not at all for a window smaller than zlib's smallest", () => {
    expect(newDeflater({ windowBits: 8 }).deflate(Buffer.alloc(100))).toBeUndefined();
  });

  test.each([9, 10, 15])("for a peer with a window of %d bits", (windowBits) => {
    const half = randomBytes(2 ** windowBits - 262);
    const message = Buffer.concat([half, half, half]);
    const data = newDeflater({ windowBits }).deflate(message)!;
    expect(inflate(data, { windowBits })).toEqual(message);
  });
});

describe("without context takeover (RFC 7692 §7.1.1)", () => {
  test("each message is deflated by itself", () => {
    const deflater = newDeflater();
    const [first, second] = [1, 2].map(() => deflater.deflate(Buffer.from("the same")));
    expect(first).toEqual(second);
  });

  test("a reference to an earlier message is invalid", () => {
    const inflater = new ZlibInflater(whole);
    const history = Buffer.from("a sentence to refer to");
    inflater.inflate(deflate(history), 1000);
    expect(inflater.inflate(deflate(history, { history }), 1000)).toBe("invalid");
  });
});

describe("with context takeover (RFC 7692 §7.2.3.2)", () => {
  test("messages refer to earlier ones, across several", () => {
    const deflater = newDeflater(taking);
    const inflater = new ZlibInflater(taking);
    const text = "something that is sent again and again";
    const sizes = [1, 2, 3].map(() => {
      const data = deflater.deflate(Buffer.from(text))!;
      expect(Buffer.from(inflater.inflate(data, 1000) as Uint8Array).toString()).toBe(text);
      return data.length;
    });
    expect(sizes[1]).toBeLessThan(sizes[0]! / 2);
    expect(sizes[2]).toBeLessThan(sizes[0]! / 2);
  });

  test.each([9, 11, 15])("the window of %d bits slides over messages small and large", (windowBits) => {
    const deflater = newDeflater({ windowBits, takesOverContext: true });
    const inflater = new ZlibInflater({ windowBits, takesOverContext: true });
    let history = Buffer.alloc(0);
    for (const size of [10, 300, 2 ** windowBits, 7, 2 ** windowBits + 1, 100, 3]) {
      const message = Buffer.from(Array.from({ length: size }, (_, i) => (i * i) % 251));
      const data = deflater.deflate(message)!;
      expect(inflate(data, history.length === 0 ? { windowBits } : { windowBits, history })).toEqual(message);
      expect(inflater.inflate(data, size)).toEqual(message);
      history = Buffer.concat([history, message]).subarray(-(2 ** windowBits));
    }
  });

  test("what is sent uncompressed is not in the window", () => {
    const deflater = newDeflater({ ...taking, threshold: 5 });
    const [first, second] = [Buffer.from("first message"), Buffer.from("first message once more")];
    const inflater = new ZlibInflater(taking);
    expect(inflater.inflate(deflater.deflate(first)!, 1000)).toEqual(first);
    expect(deflater.deflate(Buffer.from("1234"))).toBeUndefined();
    expect(inflater.inflate(deflater.deflate(second)!, 1000)).toEqual(second);
  });

  test("the window is a copy: a message that its owner changes later does not change it", () => {
    const deflater = newDeflater(taking);
    const inflater = new ZlibInflater(taking);
    const message = Buffer.from("abcdefghijklmnopqrstuvwxyz");
    const received = inflater.inflate(deflater.deflate(message)!, 1000) as Uint8Array;
    received.fill(0);
    const data = deflater.deflate(message)!;
    message.fill(0);
    expect(Buffer.from(inflater.inflate(data, 1000) as Uint8Array).toString()).toBe(
      "abcdefghijklmnopqrstuvwxyz",
    );
  });
});

describe("blocks marked as the last (RFC 7692 §7.2.3.4)", () => {
  test("are followed by others of the same message", () => {
    expect(inflated(Buffer.concat([finalBlock("one, "), finalBlock("two, "), deflate("three")]))).toBe(
      "one, two, three",
    );
  });

  test("may be the end, with the zero byte that the RFC adds or without", () => {
    expect(inflated(Buffer.concat([finalBlock("Hello"), Buffer.from([0])]))).toBe("Hello");
    expect(inflated(finalBlock("Hello"))).toBe("Hello");
  });

  test("keep the window with context takeover", () => {
    const history = Buffer.from("a sentence to refer to");
    const inflater = new ZlibInflater(taking);
    inflater.inflate(Buffer.concat([finalBlock(history.toString()), Buffer.from([0])]), 1000);
    expect(inflater.inflate(deflate(history, { history }), 1000)).toEqual(history);
  });

  test("are not without end: each costs a start of zlib", () => {
    const empty = Buffer.from([0x03, 0x00]);
    const streams = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => empty));
    expect(inflated(streams(63))).toBe("");
    expect(inflated(streams(65))).toBe("invalid");
  });
});

describe("limits of inflation", () => {
  test.each([0, 1, 1000, 100_000])("%d bytes pass where they are the limit, one more does not", (limit) => {
    expect(inflated(deflate("x".repeat(limit)), whole, limit)).toBe("x".repeat(limit));
    expect(inflated(deflate("x".repeat(limit + 1)), whole, limit)).toBe("too-large");
  });

  test("hold for all blocks together", () => {
    const half = "x".repeat(500);
    expect(inflated(Buffer.concat([finalBlock(half), deflate(half)]))).toBe(half + half);
    expect(inflated(Buffer.concat([finalBlock(half), deflate(`${half}x`)]))).toBe("too-large");
  });

  test("may be absent", () => {
    expect(inflated(deflate("any size"), whole, Number.POSITIVE_INFINITY)).toBe("any size");
  });

  test("stop a bomb while it inflates", () => {
    const bomb = deflate(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect(inflated(bomb, whole, 1000)).toBe("too-large");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });

  test("a message that is too large or invalid leaves the window as it was", () => {
    const history = Buffer.from("a sentence to refer to");
    const inflater = new ZlibInflater(taking);
    inflater.inflate(deflate(history), 1000);
    expect(inflater.inflate(deflate("x".repeat(50)), 49)).toBe("too-large");
    expect(inflater.inflate(Buffer.from([0xff]), 1000)).toBe("invalid");
    expect(inflater.inflate(deflate(history, { history }), 1000)).toEqual(history);
  });
});

test.each([
  ["a reserved kind of block", [0xff, 0xff]],
  ["a stored block whose lengths differ", [0x00, 0x01, 0x00, 0x00, 0x00, 0x61]],
  ["a distance before the beginning", [0x4b, 0x04, 0x12, 0x00]],
])("%s is invalid", (_name, bytes) => {
  expect(inflated(Buffer.from(bytes))).toBe("invalid");
});
