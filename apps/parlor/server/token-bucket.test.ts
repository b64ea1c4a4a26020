import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

function takes(bucket: TokenBucket, { nowMs, times }: { nowMs: number; times: number }): number {
  return Array.from({ length: times }, () => bucket.take(nowMs)).filter(Boolean).length;
}

test("a bucket gives its burst at once, then its rate", () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 5 }, 0);
  expect(takes(bucket, { nowMs: 0, times: 10 })).toBe(5);
  expect(takes(bucket, { nowMs: 499, times: 10 })).toBe(0);
  expect(takes(bucket, { nowMs: 1000, times: 10 })).toBe(2);
});

test("a bucket saves up no more than its burst", () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 5 }, 0);
  expect(takes(bucket, { nowMs: 3_600_000, times: 10 })).toBe(5);
});

test("a clock set back costs nothing and gives nothing", () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 10_000);
  expect(bucket.take(0)).toBe(true);
  expect(bucket.take(0)).toBe(false);
  expect(bucket.take(1000)).toBe(true);
});
