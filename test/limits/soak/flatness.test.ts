import { expect, test } from "vitest";
import { type Sample, trendOf } from "./flatness.ts";

const seconds = Array.from({ length: 61 }, (_, i) => i * 10);
const sampled = (valueAt: (at: number) => number): Sample[] =>
  seconds.map((at) => ({ at, value: valueAt(at) }));

test("what grows steadily grows by so much an hour", () => {
  expect(trendOf(sampled((at) => 1000 + at))).toEqual({
    median: 1300,
    perHour: 3600,
    growth: 600,
    maxRatio: 1600 / 1300,
  });
});

test("what goes up and down grows by nothing", () => {
  const { perHour, median } = trendOf(sampled((at) => 1000 + (at % 50)));
  expect(Math.abs(perHour)).toBeLessThan(20);
  expect(median).toBe(1020);
});

test("a few high values at an end are no growth, but their ratio shows", () => {
  const { growth, maxRatio } = trendOf(sampled((at) => (at >= 580 ? 5000 : 1000)));
  expect(growth).toBe(0);
  expect(maxRatio).toBe(5);
});

test("growth shows under noise that is larger than it", () => {
  const { growth } = trendOf(sampled((at) => 1000 + at / 10 + ((at * 7919) % 101)));
  expect(growth).toBeGreaterThan(30);
  expect(growth).toBeLessThan(90);
});

test("one sample is no trend", () => {
  expect(() => trendOf([{ at: 0, value: 1 }])).toThrow(RangeError);
});
