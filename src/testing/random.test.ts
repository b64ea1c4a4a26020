import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "./random.ts";

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("a seed", () => {
  test.each([[0], [1], [-1], [2 ** 40], [0.5], [""], ["a seed"]])(
    "%o gives the same values each time",
    (seed) => {
      expect(draw(createRandom(seed), 100)).toEqual(draw(createRandom(seed), 100));
    },
  );

  test("gives the values that it gave when this was written", () => {
    const random = createRandom("ropeway");
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([166, 371, 57]);
    expect([...random.bytes(4)]).toEqual([250, 166, 42, 83]);
  });

  test("that differs by one gives other values from the first on", () => {
    const firsts = Array.from({ length: 10_000 }, (_, seed) => createRandom(seed).next());
    expect(new Set(firsts).size).toBe(10_000);
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
  });
});

describe("values", () => {
  const values = draw(createRandom(7), 100_000);

  test("are spread evenly over [0, 1)", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) tenths[Math.floor(value * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test("do not follow from the one before", () => {
    const products = values.slice(1).map((value, i) => (value - 0.5) * (values[i]! - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan(0.001);
  });
});

describe("an integer", () => {
  test("lies below its bound, whatever that is", () => {
    const property = fc.property(fc.nat(), fc.maxSafeInteger(), (seed, bound) => {
      const below = Math.max(1, Math.abs(bound));
      const integer = createRandom(seed).integer(below);
      return Number.isInteger(integer) && integer >= 0 && integer < below;
    });
    fc.assert(property);
  });

  test("takes each value in turn", () => {
    const random = createRandom(1);
    expect(new Set(Array.from({ length: 200 }, () => random.integer(6)))).toEqual(
      new Set([0, 1, 2, 3, 4, 5]),
    );
  });

  test.each([[0], [-1], [1.5], [Number.NaN], [Infinity], [2 ** 53]])("has no bound of %o", (below) => {
    expect(() => createRandom(1).integer(below)).toThrow(RangeError);
  });
});

test("a chance of 0 never comes, one of 1 always, one of 0.3 in three of ten", () => {
  const random = createRandom(3);
  const often = (probability: number): number =>
    Array.from({ length: 10_000 }, () => random.chance(probability)).filter(Boolean).length;
  expect([often(0), often(1)]).toEqual([0, 10_000]);
  expect(Math.abs(often(0.3) - 3000)).toBeLessThan(200);
});

test("picking takes each of a list, and nothing from an empty one", () => {
  const random = createRandom(4);
  expect(new Set(Array.from({ length: 100 }, () => random.pick(["a", "b", "c"])))).toEqual(
    new Set(["a", "b", "c"]),
  );
  expect(() => random.pick([])).toThrow(RangeError);
});

describe("bytes", () => {
  test.each([[0], [1], [4], [5], [1000]])("come %i at a time", (count) => {
    expect(createRandom(5).bytes(count)).toHaveLength(count);
  });

  test("take every value", () => {
    expect(new Set(createRandom(6).bytes(10_000)).size).toBe(256);
  });
});

describe("a fork", () => {
  test("does not depend on what was drawn, nor does drawing from it change the rest", () => {
    const [drawn, fresh] = [createRandom(8), createRandom(8)];
    draw(drawn.fork("line"), 10);
    draw(drawn, 10);
    expect(draw(drawn.fork("line"), 10)).toEqual(draw(fresh.fork("line"), 10));
    draw(fresh, 10);
    expect(drawn.next()).toBe(fresh.next());
  });

  test("differs by label, by parent and from the parent", () => {
    const parents = [createRandom(9), createRandom(10)];
    const forks = parents.flatMap((parent) => ["a", "b", 0, 1, ""].map((label) => parent.fork(label)));
    const firsts = [...parents, ...forks].map((random) => random.next());
    expect(new Set(firsts).size).toBe(12);
  });
});
