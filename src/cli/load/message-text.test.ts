import { expect, test } from "vitest";
import { makeText } from "./message-text.ts";

test.each([0, 1, 32, 5000])("a text has the %i bytes asked for, all of them ASCII", (bytes) => {
  const text = makeText(bytes, 1);
  expect(Buffer.byteLength(text)).toBe(bytes);
  expect(text).toMatch(/^[ -~]*$/);
});

test("texts differ with the seed", () => {
  expect(makeText(32, 1)).not.toBe(makeText(32, 2));
});
