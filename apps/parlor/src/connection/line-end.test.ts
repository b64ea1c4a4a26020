import { expect, test } from "vitest";
import { describeLineEnd, isFinal } from "./line-end.ts";

test.each([
  [{ code: 1006, reason: "" }, "The connection broke off: the network or the server is gone."],
  [{ code: 1013, reason: "full" }, "The server has no room just now. It said: “full”."],
  [{ code: 1001, reason: "bye" }, "The server is stopping or restarting."],
  [{ code: 4321, reason: "" }, "The connection was closed."],
])("%o is said in words", (end, words) => {
  expect(describeLineEnd(end)).toBe(words);
});

test.each([
  [1001, false],
  [1006, false],
  [1008, true],
  [1013, false],
  [3499, false],
  [3500, true],
  [3999, true],
  [4000, false],
])("code %i is final: %s", (code, final) => {
  expect(isFinal({ code, reason: "" })).toBe(final);
});
