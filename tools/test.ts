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
  endCommandsOnSignal();
  const first = args.findIndex((arg) => findTestPart(arg) === undefined);
  const names = first === -1 ? args : args.slice(0, first);
  const vitestArguments = first === -1 ? [] : args.slice(first);
  if (names.length === 0 && vitestArguments.length > 0 && !vitestArguments[0]!.startsWith("-"))
    return listParts(vitestArguments[0]!);
  const parts = names.length === 0 ? testParts : testParts.filter((part) => names.includes(part.name));

  const missing = await ensureTools([...new Set(parts.flatMap((part) => part.tools ?? []))]);
  const results: PartResult[] = [];
  if (parts.some((part) => part.needsBuild)) {
    const built = await build();
    results.push({ name: "build", seconds: built.seconds, passed: 0, failed: built.ok ? 0 : 1, skipped: 0 });
  }
  for (const part of parts) results.push(await runPart(part, missing, vitestArguments));

  const total = addCounts(results);
  console.log(`\n${formatTable(results)}`);
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
  const reportFile = `${REPORT_FOLDER}/${part.name}.json`;
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
  const unheld = part.holdsClauses === true && extra.length === 0 ? countUnheldClauses(reportFile) : 0;
  const failed = counts.failed + unheld;
  return { name: part.name, seconds, ...counts, failed, note: failed > 0 ? "FAILED" : undefined };
}

/** Prints how the clause lists are held by the tests of a report, and each row that is not; returns how many are not. */
function countUnheldClauses(reportFile: string): number {
  if (!existsSync(reportFile)) return 0;
  const names = parseTestNames(readFileSync(reportFile, "utf8"));
  const { problems, counts } = joinClauses(readClauses("conformance"), names);
  console.log(formatCounts(counts));
  for (const problem of problems) console.error(problem);
  return problems.length;
}

function skipPart(name: string): PartResult {
  const failed = isCi(process.env) ? 1 : 0;
  return { name, seconds: 0, passed: 0, failed, skipped: 1 - failed, note: describeMissing("chromium") };
}

function readReport(file: string): JsonReport | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as JsonReport;
  } catch {
    return null;
  }
}
