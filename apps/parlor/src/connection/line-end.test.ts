import { expect, test } from "vitest";
import { describeLineEnd } from "./line-end.ts";

test.each([
  [{ code: 1006, reason: "" }, "The connection broke off: the network or the server is gone."],
  [
    { code: 1006, reason: "no answer in time" },
    "The connection broke off: the network or the server is gone.",
  ],
  [{ code: 1013, reason: "full" }, "The server has no room just now. It said: “full”."],
  [{ code: 3000, reason: "bye" }, "The server is stopping or restarting."],
  [{ code: 4321, reason: "" }, "The connection was closed."],
])("%o is said in words", (end, words) => {
  expect(describeLineEnd(end)).toBe(words);
});
