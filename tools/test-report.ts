/** Counts of one part of `npm test`, taken from the JSON report that vitest writes. */
export interface PartCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is used of vitest's JSON report. */
export interface JsonReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * The counts of a part. A file that failed outside of its tests counts as one failure, and so does a part that ended
 * with a failure which no test shows (coverage too low, an unhandled error, no test found, no report written).
 */
export function countPart(report: JsonReport | null, exitCode: number): PartCounts {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(isBrokenFile).length;
  const failed = report.numFailedTests + brokenFiles;
  const silent = failed === 0 && (exitCode !== 0 || report.testResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: silent ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function isBrokenFile(file: JsonReport["testResults"][number]): boolean {
  return file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed");
}

export function addCounts(parts: readonly PartCounts[]): PartCounts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
  }
  return total;
}

/** The closing line of a run; nothing passed at all is a failure too, which the caller's exit code must say. */
export function describeCounts({ passed, failed, skipped }: PartCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

export interface PartResult extends PartCounts {
  readonly name: string;
  readonly seconds: number;
  /** Why a part did not run, or what is worth knowing about how it ended. */
  readonly note?: string;
}

/** A table with one line a part, numbers right-aligned. */
export function formatTable(results: readonly PartResult[]): string {
  const header = ["part", "seconds", "passed", "failed", "skipped"];
  const rows = results.map((part) => [
    part.name,
    part.seconds.toFixed(1),
    String(part.passed),
    String(part.failed),
    String(part.skipped),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const lines = [header, ...rows].map((row, index) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    const note = index === 0 ? undefined : results[index - 1]!.note;
    return cells.join("  ") + (note === undefined ? "" : `  ${note}`);
  });
  return lines.join("\n");
}
