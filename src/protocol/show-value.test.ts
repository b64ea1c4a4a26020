import { expect, test } from "vitest";
import { showValue } from "./show-value.ts";

test.each([
  ['a"b', '"a\\"b"'],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [true, "true"],
  [10n, "10"],
  [undefined, "undefined"],
  [null, "null"],
  [{ secret: 1 }, "an object"],
  [() => 1, "a function"],
  [Symbol("secret"), "a symbol"],
])("%# is shown as %s", (value, shown) => {
  expect(showValue(value)).toBe(shown);
});
