import { describe, expect, test } from "vitest";
import { concat, utf8 } from "../../test/pure/frames.ts";
import { SmallDeflater } from "./small-deflater.ts";
import { SmallInflater } from "./small-inflater.ts";

const bytesMax = 4096;
const output = new Uint8Array(bytesMax + (bytesMax >> 3) + 16);
const deflater = new SmallDeflater(bytesMax, output);
const back = new Uint8Array(bytesMax);
const inflater = new SmallInflater(output.length, back);

function deflated(message: Uint8Array | string, windowBits = 15): Uint8Array {
  const bytes = typeof message === "string" ? utf8(message) : message;
  return output.slice(0, deflater.deflate(bytes, windowBits));
}

function inflated(data: Uint8Array): Uint8Array {
  return back.slice(0, inflater.inflate(data, bytesMax));
}

/** Bytes that hardly repeat. */
function noise(size: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function prose(size: number): Uint8Array {
  const words = ["position", "channel", "member", "update", "typing", "status"];
  const numbers = Array.from(noise(size), (byte, i) => `${words[byte % 6]}:${i * byte}`);
  return utf8(numbers.join(",")).subarray(0, size);
}

const type = (data: Uint8Array): number => (data[0]! >>> 1) & 3;

describe("a message is deflated (RFC 7692 §7.2.1)", () => {
  test.each([
    ["nothing", "", "000000000000"],
    ["a few bytes", "Hello", "f248cdc9c90700"],
  ])("%s, as the RFC has it", (what, text, data) => {
    const bytes = deflated(text);
    if (what === "nothing") expect([...bytes]).toEqual([0b010, 0]);
    else expect(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(data);
  });

  test.each([1, 2, 3, 4, 100, 191, 192, 1000, bytesMax])(
    "%d bytes, and inflated to what they were",
    (size) => {
      for (const message of [prose(size), noise(size), new Uint8Array(size).fill(97)]) {
        expect(inflated(deflated(message))).toEqual(message);
      }
    },
  );

  test("each by itself", () => {
    const [first, , second] = ["the same text", "another text", "the same text"].map((text) =>
      deflated(text),
    );
    expect(second).toEqual(first);
  });

  test("with the fixed codes where it is short, with codes of its own where these save more", () => {
    expect(type(deflated(prose(150)))).toBe(1);
    expect(type(deflated(prose(1000)))).toBe(2);
    expect(type(deflated(new Uint8Array(1000).fill(97)))).toBe(1);
  });

  test("without any code where it cannot be made smaller", () => {
    for (const size of [200, 1000]) {
      const data = deflated(noise(size));
      expect(data).toHaveLength(size + 6);
      expect(inflated(data)).toEqual(noise(size));
    }
  });

  test.each([8, 9, 10])("for a peer with a window of %d bits", (windowBits) => {
    const far = noise(2 ** windowBits);
    const again = (distance: number): number =>
      deflated(concat(far.subarray(0, distance), far), windowBits).length - distance;
    expect(again(2 ** windowBits)).toBeLessThan(80);
    expect(deflated(concat(far, [0], far), windowBits).length).toBeGreaterThan(2 * far.length);
  });
});

test("codes that would be too long are made shorter (RFC 1951 §3.2.7)", () => {
  // Frequencies of Fibonacci's numbers make the deepest tree. Pairs in a new order each time hold few matches.
  let [a, b] = [1, 1];
  const counts = Array.from({ length: 16 }, () => ([a, b] = [b, a + b])[0]);
  const bytes = counts.flatMap((count, symbol) => Array.from({ length: count }, () => symbol * 7));
  const order = noise(bytes.length * 2);
  const message = Uint8Array.from(bytes)
    .map((_, i) => bytes[(i * 1_597 + order[i]!) % bytes.length]!)
    .subarray(0, bytesMax);
  expect(inflated(deflated(message))).toEqual(message);
});
