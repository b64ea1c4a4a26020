import { expect, test } from "vitest";
import { describeCameraProblem, InsecureContextError } from "./camera-problem.ts";

test.each([
  [new DOMException("", "NotAllowedError"), /not allowed here/],
  [new DOMException("", "NotFoundError"), /No camera/],
  [new DOMException("", "NotReadableError"), /another program/],
  [new InsecureContextError(), /https/],
  [new Error("x"), /did not start/],
  [undefined, /did not start/],
])("%o is said in words", (error, words) => {
  expect(describeCameraProblem(error)).toMatch(words);
});
