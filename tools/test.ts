import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { build } from "./build.ts";
import { formatCounts, joinClauses, parseTestNames, readClauses } from "./clauses.ts";
import { endCommandsOnSignal, runCommand } from "./run-command.ts";
import { ensureTools, describeMissing, isCi, type ToolName } from "./system-packages.ts";
import { findTestPart, testParts, type TestPart } from "./test-parts.ts";
import {
  addCounts,
  countPart,
  describeCounts,
  formatTable,
  type JsonReport,
  type PartResult,
} from "./test-report.ts";

const REPORT_FOLDER = ".reports";
const PART_TIMEOUT_MS = 600_000;

/** `npm test`: every part, or those named; what is no part's name goes on to vitest (`npm test -- unit -t "a name"`). */
export async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  endCommandsOnSignal();
  const first = args.findIndex((arg) => findTestPart(arg) === undefined);
  const names = first === -1 ? args : args.slice(0, first);
  const vitestArguments = first === -1 ? [] : args.slice(first);
  if (names.length === 0 && vitestArguments.length > 0 && !vitestArguments[0]!.startsWith("-"))
    return listParts(vitestArguments[0]!);
  const parts = names.length === 0 ? testParts : testParts.filter((part) => names.includes(part.name));

  const missing = await ensureTools([...new Set(parts.flatMap((part) => part.tools ?? []))]);
  const results: PartResult[] = [];
  const lookedFor = (performance.now() - started) / 1000;
  if (lookedFor > 1) results.push({ name: "packages", seconds: lookedFor, passed: 0, failed: 0, skipped: 0 });
  if (parts.some((part) => part.needsBuild)) {
    const built = await build();
    results.push({ name: "build", seconds: built.seconds, passed: 0, failed: built.ok ? 0 : 1, skipped: 0 });
  }
  for (const part of parts) results.push(await runPart(part, missing, vitestArguments));
  // A selection of parts or of tests cannot hold every row.
  const holding = testParts.filter((part) => part.holdsClauses);
  if (vitestArguments.length === 0 && holding.every((part) => parts.includes(part)))
    results.push(checkClauses(holding));

  const total = addCounts(results);
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n${formatTable([...results, { name: "total", seconds, ...total }])}`);
  for (const name of missing) console.log(`Tests were skipped: ${describeMissing(name)}`);
  console.log(`\n${describeCounts(total)}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function listParts(unknown: string): number {
  console.error(`There is no part "${unknown}". The parts of the tests are:`);
  for (const { name, about } of testParts) console.error(`  ${name.padEnd(10)} ${about}`);
  return 1;
}

async function runPart(
  part: TestPart,
  missing: readonly ToolName[],
  extra: readonly string[],
): Promise<PartResult> {
  console.log(`\n== ${part.name}: ${part.about}`);
  if (part.inBrowser === true && missing.includes("chromium")) return skipPart(part.name);
  const reportFile = reportFileOf(part.name);
  mkdirSync(REPORT_FOLDER, { recursive: true });
  rmSync(reportFile, { force: true });
  const args = [
    "run",
    "--project",
    part.name,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
  ];
  // A selection of tests cannot reach every branch.
  if (part.fullyCovers !== undefined && extra.length === 0) args.push("--coverage");
  const timeoutMs = part.timeoutMs ?? PART_TIMEOUT_MS;
  const { code, seconds } = await runCommand("vitest", [...args, ...extra], { timeoutMs });
  const report = readReport(reportFile);
  const counts = countPart(report, code);
  return { name: part.name, seconds, ...counts, note: counts.failed > 0 ? "FAILED" : undefined };
}

/** Holds the clause lists against the reports of this run; prints each row that no passing test holds. */
function checkClauses(parts: readonly TestPart[]): PartResult {
  const started = performance.now();
  const reports = parts.map((part) => reportFileOf(part.name)).filter((file) => existsSync(file));
  const names = reports.flatMap((file) => parseTestNames(readFileSync(file, "utf8")));
  const { problems, counts } = joinClauses(readClauses("conformance"), names);
  console.log(`\n== clauses: each MUST of the specifications, joined to the tests that hold it`);
  console.log(formatCounts(counts));
  for (const problem of problems) console.error(problem);
  const note = problems.length === 0 ? undefined : "FAILED: rows without a passing test";
  const seconds = (performance.now() - started) / 1000;
  return { name: "clauses", seconds, passed: 0, failed: problems.length, skipped: 0, note };
}

function skipPart(name: string): PartResult {
  const failed = isCi(process.env) ? 1 : 0;
  return { name, seconds: 0, passed: 0, failed, skipped: 1 - failed, note: describeMissing("chromium") };
}

function reportFileOf(name: string): string {
  return `${REPORT_FOLDER}/${name}.json`;
}

function readReport(file: string): JsonReport | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as JsonReport;
  } catch {
    return null;
  }
}
