import fc from "fast-check";
import { expect, test } from "vitest";
import { type IdRange, IdRanges } from "./id-ranges.ts";

function contained(ranges: readonly IdRange[]): number[] {
  const list = new IdRanges();
  for (const range of ranges) list.add(range);
  const has = list.lookUpAscending();
  return Array.from({ length: 20 }, (_, id) => id).filter(has);
}

test.each([
  { what: "none", ranges: [], ids: [] },
  { what: "both ends", ranges: [{ from: 3, to: 5 }], ids: [3, 4, 5] },
  { what: "one that begins before the first id", ranges: [{ from: -5, to: 1 }], ids: [0, 1] },
  { what: "one without end", ranges: [{ from: 18, to: Infinity }], ids: [18, 19] },
  { what: "an empty one", ranges: [{ from: 5, to: 4 }], ids: [] },
  { what: "no number at an end", ranges: [{ from: Number.NaN, to: 4 }], ids: [] },
])("ranges hold $what", ({ ranges, ids }) => {
  expect(contained(ranges)).toEqual(ids);
});

test("any ranges hold what one of them holds", () => {
  const range = fc.record({ from: fc.nat(20), to: fc.nat(20) });
  const property = fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
    const wanted = Array.from({ length: 20 }, (_, id) => id).filter((id) =>
      ranges.some(({ from, to }) => from <= id && id <= to),
    );
    expect(contained(ranges)).toEqual(wanted);
  });
  fc.assert(property, { numRuns: 1000 });
});
