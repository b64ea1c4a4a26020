import { expect, test } from "vitest";
import { addTotals, describeTotals, emptyTotals, totalsOf } from "./simulation-totals.ts";

const counts = { started: 2, expired: 1, dropped: 0, unknown: 3, resumes: 4, gaps: 5, frames: 6 };

test("totals add up, and a run with problems is a failure", () => {
  const totals = emptyTotals();
  addTotals(totals, totalsOf({ seed: 1, problems: [], ...counts, faults: { cut: 2 } }));
  addTotals(totals, totalsOf({ seed: 2, problems: ["lost 1"], ...counts, faults: { cut: 1, kill: 1 } }));
  expect(totals).toMatchObject({ runs: 2, started: 4, gaps: 10, faults: { cut: 3, kill: 1 } });
  expect(totals.failures).toEqual([{ seed: 2, problems: ["lost 1"] }]);
});

test("the table says that nothing was lost only where no run failed", () => {
  const totals = totalsOf({ seed: 1, problems: [], ...counts, faults: { cut: 2 } });
  expect(describeTotals(totals)).toContain("lost = duplicated = reordered = 0");
  totals.failures.push({ seed: 1, problems: ["lost 1"] });
  expect(describeTotals(totals)).toMatch(/1 runs found problems$/);
});
