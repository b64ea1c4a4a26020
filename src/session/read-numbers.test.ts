import { expect, test } from "vitest";
import { numberPattern, readNumbers } from "./read-numbers.ts";

const pattern = new RegExp(`^at ${numberPattern}(?:@${numberPattern})?$`);

test.each([
  ["at 0@9007199254740991", [0, Number.MAX_SAFE_INTEGER]],
  ["at 10", [10, 0]],
])("%j has the numbers %j", (frame, numbers) => {
  expect(readNumbers(frame, pattern, "it")).toEqual(numbers);
});

test.each(["at", "at 00", "at 01", "at 9007199254740992", "at 10000000000000000", "at 1@", "at ١", "at 1\n"])(
  "%j has none",
  (frame) => {
    expect(() => readNumbers(frame, pattern, "it")).toThrow("Not a frame of ropeway.1: it");
  },
);
