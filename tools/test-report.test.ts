import { describe, expect, test } from "vitest";
import { addCounts, countPart, describeCounts, formatTable, type JsonReport } from "./test-report.ts";

const report: JsonReport = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
};

describe("a part is counted from its report", () => {
  test("with what was skipped and what is still to do as skipped", () => {
    expect(countPart(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  test("with each failed test once", () => {
    const testResults = [
      { status: "failed", assertionResults: [{ status: "failed" }, { status: "failed" }] },
    ];
    expect(countPart({ ...report, numFailedTests: 2, testResults }, 1).failed).toBe(2);
  });

  test("with a file that broke outside of its tests as one failure", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    expect(countPart({ ...report, testResults }, 1).failed).toBe(1);
  });

  test("with a failure that no test shows as one failure", () => {
    expect(countPart(report, 1).failed).toBe(1);
  });

  test("with no file at all as one failure", () => {
    expect(countPart({ ...report, numPassedTests: 0, testResults: [] }, 0).failed).toBe(1);
  });

  test("with no report as one failure", () => {
    expect(countPart(null, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test("the closing line speaks of skipped tests only if there are any", () => {
  const total = addCounts([
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 0 },
  ]);
  expect(describeCounts(total)).toBe("7 passed, 1 failed");
  expect(describeCounts({ ...total, skipped: 2 })).toBe("7 passed, 1 failed, 2 skipped");
});

test("the table aligns its columns and ends a line with its note", () => {
  const table = formatTable([
    { name: "unit", seconds: 1.26, passed: 1000, failed: 0, skipped: 0 },
    { name: "interop", seconds: 61, passed: 7, failed: 1, skipped: 12, note: "FAILED" },
  ]);
  expect(table.split("\n")).toEqual([
    "part     seconds  passed  failed  skipped",
    "unit         1.3    1000       0        0",
    "interop     61.0       7       1       12  FAILED",
  ]);
});
