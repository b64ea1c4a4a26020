import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe("LatencyHistogram", () => {
  test("gives percentiles by nearest rank, right to 0.4 %, and the exact maximum", () => {
    const micros = fc.array(fc.double({ min: 0.0625, max: 1e9, noNaN: true }), { minLength: 1 });
    const percents = fc.constantFrom(0, 50, 90, 99, 99.9, 100);
    fc.assert(
      fc.property(micros, percents, (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil((percent / 100) * values.length)) - 1]!;
        const histogram = histogramOf(values);
        expect(Math.abs(histogram.percentileMicros(percent) / exact - 1)).toBeLessThan(0.004);
        expect(histogram.maxMicros).toBe(sorted.at(-1));
      }),
    );
  });

  test("counts many at once as one by one", () => {
    const histogram = new LatencyHistogram();
    histogram.record(10, 99);
    histogram.record(500);
    expect(histogram.count).toBe(100);
    expect(histogram.percentileMicros(99)).toBeCloseTo(10, 0);
    expect(histogram.percentileMicros(99.1)).toBeCloseTo(500, -1);
  });

  test.each([0, -1, 1e-9, 1e300, Number.POSITIVE_INFINITY])("takes %d without losing count", (value) => {
    const histogram = histogramOf([value, 5, 5]);
    expect(histogram.count).toBe(3);
    expect(histogram.percentileMicros(50)).toBeCloseTo(5, 1);
  });

  test("has nothing to say of nothing, and after it was cleared", () => {
    const histogram = histogramOf([1, 2]);
    histogram.clear();
    expect(histogram.count).toBe(0);
    expect([histogram.percentileMicros(50), histogram.maxMicros]).toEqual([Number.NaN, Number.NaN]);
  });
});
