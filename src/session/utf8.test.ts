import fc from "fast-check";
import { expect, test } from "vitest";
import { cutText, utf8Bytes } from "./utf8.ts";

const euroAndSmile = "a€😀ü";

test.each([
  ["", 0],
  ["a", 1],
  ["ü", 2],
  ["€", 3],
  ["😀", 4],
  [euroAndSmile, 10],
  ["\ud83d", 3],
  ["\ude00", 3],
  ["\ud83da", 4],
  ["\ude00\ud83d", 6],
])("%j has %i bytes", (text, bytes) => {
  expect(utf8Bytes(text)).toBe(bytes);
});

test.each([
  [0, 0, { end: 0, bytes: 0 }],
  [0, 1, { end: 1, bytes: 1 }],
  [0, 3, { end: 1, bytes: 1 }],
  [0, 4, { end: 2, bytes: 4 }],
  [0, 7, { end: 2, bytes: 4 }],
  [0, 8, { end: 4, bytes: 8 }],
  [0, 9, { end: 4, bytes: 8 }],
  [0, 10, { end: 5, bytes: 10 }],
  [2, 99, { end: 5, bytes: 6 }],
  [5, 99, { end: 5, bytes: 0 }],
])("from %i on, %i bytes are cut between characters", (start, bytesMax, cut) => {
  expect(cutText(euroAndSmile, start, bytesMax)).toEqual(cut);
});

/** The bytes of parts of at most `bytesMax`, as the cuts say and as they are. */
function cutAll(text: string, bytesMax: number): { said: number[]; real: number[] } {
  const [said, real]: [number[], number[]] = [[], []];
  for (let start = 0; start < text.length; ) {
    const { end, bytes } = cutText(text, start, bytesMax);
    said.push(bytes);
    real.push(utf8Bytes(text.slice(start, end)));
    start = end;
  }
  return { said, real };
}

test("parts of any text have the bytes of the whole", () => {
  const text = fc.string({ unit: "binary", maxLength: 50 });
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 9 }), (whole, bytesMax) => {
      const { said, real } = cutAll(whole, bytesMax);
      expect(said).toEqual(real);
      expect(said.reduce((all, bytes) => all + bytes, 0)).toBe(utf8Bytes(whole));
    }),
  );
});
