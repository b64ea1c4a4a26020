import { expect, test } from "vitest";
import { median, ratiosOf, spreadOf } from "./statistics.ts";

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 2, 4])).toBe(3);
  expect(median([])).toBeNaN();
});

test("a spread is the median with its range", () => {
  expect(spreadOf([3, 1, 8])).toEqual({ median: 3, min: 1, max: 8 });
});

test("ratios pair the rounds, so that what slows one round down cancels out", () => {
  expect(ratiosOf([20, 40, 30], [10, 20, 10])).toEqual({ median: 2, min: 2, max: 3 });
});

test("a round that one side misses is left out", () => {
  expect(ratiosOf([20, undefined, 30], [undefined, 20, 10])).toEqual({ median: 3, min: 3, max: 3 });
  expect(ratiosOf([undefined], [1])).toBeUndefined();
});
