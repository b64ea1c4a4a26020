/**
 * Joins the clause lists in `conformance/` with the specification tests by the tests' names.
 *
 *     node tools/clauses.ts --report <vitest JSON report>    what ran and passed counts
 *     node tools/clauses.ts --list <vitest list --json>      what exists counts
 *
 * A test names what it proves by one or more marks `[<row> <role>]`, such as `[6455-5.1-2 server]`. A row and role
 * without a test fails, a mark without a row fails, and so does a row that is marked not testable and yet tested.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

export interface ClauseRow {
  id: string;
  clause: string;
  keyword: string;
  roles: string[];
  requirement: string;
  /** Why no test can hold the row; undefined for every other row. */
  notTestable: string | undefined;
}

export interface TestName {
  name: string;
  passed: boolean;
}

export interface ClauseJoin {
  problems: string[];
  /** One line a specification: counts of rows, of rows times roles, and of tests. */
  counts: ClauseCounts[];
}

export interface ClauseCounts {
  specification: string;
  rows: number;
  notTestable: number;
  duties: number;
  held: number;
  tests: number;
}

const columns = ["id", "clause", "keyword", "roles", "requirement", "not testable"];
const keywords = new Set(["MUST", "MUST NOT", "must", "must not"]);
const mark = /\[(\d{4}-[\d.]+-\d+) (\w+)\]/g;

/** Reads a list; a malformed row throws with its line number. */
export function parseClauses(text: string, file: string): ClauseRow[] {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  if (head !== columns.join("\t")) throw new Error(`${file}: the first line is not "${columns.join(" | ")}"`);
  const seen = new Set<string>();
  return lines.map((line, i) => {
    const row = parseRow(line, `${file}:${i + 2}`);
    if (seen.has(row.id)) throw new Error(`${file}:${i + 2}: ${row.id} is there twice`);
    seen.add(row.id);
    return row;
  });
}

function parseRow(line: string, place: string): ClauseRow {
  const cells = line.split("\t");
  if (cells.length !== columns.length)
    throw new Error(`${place}: ${cells.length} columns, not ${columns.length}`);
  const [id, clause, keyword, roleList, requirement, notTestable] = cells as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const roles = roleList.split(", ");
  if (`§${/^\d{4}-([\d.]+)-\d+$/.exec(id)?.[1]}` !== clause)
    throw new Error(`${place}: ${id} is not an id in ${clause}`);
  if (!keywords.has(keyword)) throw new Error(`${place}: "${keyword}" is no keyword`);
  if (!roles.every((role) => role === "client" || role === "server"))
    throw new Error(`${place}: roles "${roleList}"`);
  return {
    id,
    clause,
    keyword,
    roles,
    requirement,
    notTestable: notTestable === "-" ? undefined : notTestable,
  };
}

/** The names in a vitest JSON report, or in the output of `vitest list --json`, in which every test counts as passed. */
export function parseTestNames(json: string): TestName[] {
  const data = JSON.parse(json) as
    | { name: string }[]
    | { testResults: { assertionResults: { fullName: string; status: string }[] }[] };
  if (Array.isArray(data)) return data.map(({ name }) => ({ name, passed: true }));
  return data.testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ name: fullName, passed: status === "passed" })),
  );
}

export function joinClauses(rows: readonly ClauseRow[], tests: readonly TestName[]): ClauseJoin {
  const passing = new Map<string, number>();
  const problems: string[] = [];
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const { name, passed } of tests) {
    for (const [text, id = "", role = ""] of name.matchAll(mark)) {
      const row = known.get(id);
      if (row === undefined || !row.roles.includes(role))
        problems.push(`${text} is not in the list: ${name}`);
      else if (row.notTestable !== undefined) problems.push(`${text} is listed as not testable: ${name}`);
      else passing.set(text, (passing.get(text) ?? 0) + (passed ? 1 : 0));
    }
  }
  for (const duty of duties(rows)) {
    const count = passing.get(`[${duty.row.id} ${duty.role}]`);
    const what = count === undefined ? "no test" : "no passing test";
    if (!count) problems.push(`[${duty.row.id} ${duty.role}] has ${what}: ${duty.row.requirement}`);
  }
  return { problems, counts: countBySpecification(rows, passing) };
}

function duties(rows: readonly ClauseRow[]): { row: ClauseRow; role: string }[] {
  return rows.flatMap((row) =>
    row.notTestable === undefined ? row.roles.map((role) => ({ row, role })) : [],
  );
}

function countBySpecification(
  rows: readonly ClauseRow[],
  passing: ReadonlyMap<string, number>,
): ClauseCounts[] {
  const groups = Map.groupBy(rows, ({ id }) => `RFC ${id.slice(0, 4)}`);
  return [...groups].map(([specification, group]) => {
    const tests = duties(group).map(({ row, role }) => passing.get(`[${row.id} ${role}]`) ?? 0);
    return {
      specification,
      rows: group.length,
      notTestable: group.filter(({ notTestable }) => notTestable !== undefined).length,
      duties: tests.length,
      held: tests.filter((count) => count > 0).length,
      tests: tests.reduce((sum, count) => sum + count, 0),
    };
  });
}

/** The printed table: one line for each specification. */
export function formatCounts(counts: readonly ClauseCounts[]): string {
  return counts
    .map(
      ({ specification, rows, notTestable, duties: all, held, tests }) =>
        `${specification}: ${rows} rows, ${notTestable} not testable; ${held} of ${all} rows × roles held by ${tests} passing tests`,
    )
    .join("\n");
}

/** Reads every list of a folder. */
export function readClauses(folder: string): ClauseRow[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tsv"));
  return files.toSorted().flatMap((name) => parseClauses(readFileSync(join(folder, name), "utf8"), name));
}

function main(): void {
  const { values } = parseArgs({ options: { report: { type: "string" }, list: { type: "string" } } });
  const input = values.report ?? values.list;
  if (input === undefined)
    throw new Error("Give --report <vitest JSON report> or --list <vitest list --json>");
  const rows = readClauses(join(import.meta.dirname, "../conformance"));
  const { problems, counts } = joinClauses(rows, parseTestNames(readFileSync(input, "utf8")));
  process.stdout.write(`${formatCounts(counts)}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) main();
