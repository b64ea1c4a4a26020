import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

function pauses(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

test("doubles the bound of each pause up to the largest", () => {
  expect(pauses(new Backoff(500, 3000, () => 1), 5)).toEqual([500, 1000, 2000, 3000, 3000]);
});

test("is a random part of the bound", () => {
  const parts = [0, 0.25, 0.999];
  expect(pauses(new Backoff(500, 3000, () => parts.shift()!), 3)).toEqual([0, 250, 1998]);
});

test("begins anew after a success", () => {
  const backoff = new Backoff(500, 3000, () => 1);
  pauses(backoff, 3);
  backoff.reset();
  expect(backoff.next()).toBe(500);
});

test("stays at the largest pause for ever", () => {
  expect(pauses(new Backoff(500, 30_000, () => 1), 3000).at(-1)).toBe(30_000);
});
