import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatCounts, joinClauses, parseClauses, parseTestNames, readClauses } from "./clauses.ts";

const head = "id\tclause\tkeyword\troles\trequirement\tnot testable";
const list = (...rows: string[]) => parseClauses([head, ...rows].join("\n"), "list.tsv");
const masks = "6455-5.1-1\t§5.1\tMUST\tclient\tFrames are masked\t-";
const ping = "6455-5.5.2-1\t§5.5.2\tMUST\tclient, server\tA Ping is answered\t-";
const proxy = "6455-4.1-7\t§4.1\tMUST\tclient\tProxies\tThere is no proxy";
const passed = (name: string) => ({ name, passed: true });

describe("joining clauses with tests", () => {
  test("a row needs a passing test in each role", () => {
    const { problems } = joinClauses(list(masks, ping), [
      passed("[6455-5.1-1 client] [6455-5.5.2-1 server] both"),
    ]);
    expect(problems).toEqual(["[6455-5.5.2-1 client] has no test: A Ping is answered"]);
  });

  test("a failing or skipped test holds nothing", () => {
    const { problems } = joinClauses(list(masks), [{ name: "[6455-5.1-1 client] x", passed: false }]);
    expect(problems).toEqual(["[6455-5.1-1 client] has no passing test: Frames are masked"]);
  });

  test("a mark with an unknown row or a role that is not concerned is a problem", () => {
    const tests = [
      passed("[6455-5.1-1 client] x"),
      passed("[6455-5.1-9 client] y"),
      passed("[6455-5.1-1 server] z"),
    ];
    expect(joinClauses(list(masks), tests).problems).toEqual([
      "[6455-5.1-9 client] is not in the list: [6455-5.1-9 client] y",
      "[6455-5.1-1 server] is not in the list: [6455-5.1-1 server] z",
    ]);
  });

  test("a row with a reason needs no test, and a test for it is a problem", () => {
    expect(joinClauses(list(proxy), []).problems).toEqual([]);
    expect(joinClauses(list(proxy), [passed("[6455-4.1-7 client] x")]).problems).toHaveLength(1);
  });

  test("counts rows, roles and tests", () => {
    const tests = [passed("[6455-5.5.2-1 client] x"), passed("[6455-5.5.2-1 client] y")];
    expect(formatCounts(joinClauses(list(masks, ping, proxy), tests).counts)).toBe(
      "RFC 6455: 3 rows, 1 not testable; 1 of 3 rows × roles held by 2 passing tests",
    );
  });
});

describe("reading", () => {
  test.each([
    ["another column count", "6455-5.1-1\t§5.1", "2 columns"],
    ["an id of another clause", masks.replace("§5.1", "§5.2"), "not an id in §5.2"],
    ["an unknown keyword", masks.replace("MUST", "SHOULD"), '"SHOULD" is no keyword'],
    ["an unknown role", masks.replace("client", "proxy"), 'roles "proxy"'],
    ["a row that is there twice", `${masks}\n${masks}`, "there twice"],
  ])("refuses %s, by line", (_what, rows, message) => {
    expect(() => list(rows)).toThrow(message);
    expect(() => list(rows)).toThrow("list.tsv:");
  });

  test("refuses a list without its head line", () => {
    expect(() => parseClauses(masks, "list.tsv")).toThrow("first line");
  });

  test("takes a vitest report and a vitest list", () => {
    const results = [
      {
        assertionResults: [
          { fullName: "a", status: "passed" },
          { fullName: "b", status: "skipped" },
        ],
      },
    ];
    expect(parseTestNames(JSON.stringify({ testResults: results }))).toEqual([
      passed("a"),
      { name: "b", passed: false },
    ]);
    expect(parseTestNames(JSON.stringify([{ name: "a", file: "a.test.ts" }]))).toEqual([passed("a")]);
  });

  test("the lists of this repository are well formed", () => {
    const rows = readClauses(join(import.meta.dirname, "../conformance"));
    expect(rows.length).toBeGreaterThan(180);
    expect(rows.filter(({ id }) => id.startsWith("7692")).length).toBeGreaterThan(40);
  });
});
