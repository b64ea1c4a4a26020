import { expect, test } from "vitest";
import { ReplyChecker } from "./reply-checker.ts";
import { makeText } from "./traffic.ts";

test("a reply is complete with its last byte, however it is split", () => {
  const checker = new ReplyChecker(Buffer.from("abcdef"), 1);
  expect(["ab", "cdef", "a", "bcdef"].map((part) => checker.take(Buffer.from(part)))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test("bytes that differ, or that nobody asked for, are errors", () => {
  expect(() => new ReplyChecker(Buffer.from("abc")).take(Buffer.from("abd"))).toThrow("differs");
  expect(() => new ReplyChecker(Buffer.from("abc")).take(Buffer.from("abca"))).toThrow("4 bytes came");
});

test("contents are compared in a sample of the repetitions, and sizes in all", () => {
  const checker = new ReplyChecker(Buffer.from("abc"), 2);
  expect(checker.take(Buffer.from("abc"))).toBe(true);
  expect(checker.take(Buffer.from("xyz"))).toBe(true);
  expect(() => checker.take(Buffer.from("xyz"))).toThrow("differs");
});

test("texts have the size asked for and differ with the seed", () => {
  expect(makeText(32, 1)).toHaveLength(32);
  expect(makeText(32, 1)).not.toBe(makeText(32, 2));
});
