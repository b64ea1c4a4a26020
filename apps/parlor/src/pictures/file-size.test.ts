import { expect, test } from "vitest";
import { describeFileSize } from "./file-size.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 KB"],
  [23_456, "23 KB"],
  [999_900, "1 MB"],
  [9949, "9.9 KB"],
  [9999, "10 KB"],
  [6_000_000, "6 MB"],
  [6 * 1024 * 1024, "6.3 MB"],
  [5_000_000_000, "5000 MB"],
])("%i bytes are %s", (byteLength, words) => {
  expect(describeFileSize(byteLength)).toBe(words);
});
