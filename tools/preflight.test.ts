import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { parseSync } from "oxc-parser";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Lock {
  packages: Record<string, { version?: string; optional?: boolean; link?: boolean }>;
}

interface Facts {
  version: string;
  execPath: string;
  platform: string;
  arch: string;
  root: string;
  wanted: Lock | null;
  installed: Lock | null;
}

const file = `${import.meta.dirname}/preflight.cjs`;
const { findProblem } = createRequire(import.meta.url)(file) as {
  findProblem: (facts: Facts) => string | null;
};

const lock = (version: string): Lock => ({
  packages: { "": {}, "node_modules/@ropeway/runtime": { link: true }, "node_modules/vite": { version } },
});

const inOrder: Facts = {
  version: "v24.21.0",
  execPath: "/usr/bin/node",
  platform: "linux",
  arch: "x64",
  root: "/home/me/ropeway",
  wanted: lock("8.0.0"),
  installed: lock("8.0.0"),
};

test("nothing is said when Node and the packages are right", () => {
  expect(findProblem(inOrder)).toBeNull();
  expect(findProblem({ ...inOrder, version: "v22.18.0" })).toBeNull();
});

test.each(["v0.10.48", "v8.17.0", "v20.20.2", "v22.17.1"])(
  "Node %s is named with the Node needed and the cure",
  (version) => {
    const problem = findProblem({ ...inOrder, version });
    expect(problem).toContain(`this is Node ${version} (/usr/bin/node)`);
    expect(problem).toContain("need Node 22.18 or later");
    expect(problem).toContain("Run `npm ci`: it brings Node 24");
  },
);

test("where no Node comes with the packages, one of the user's own is asked for", () => {
  for (const place of [{ platform: "darwin" }, { arch: "riscv64" }]) {
    expect(findProblem({ ...inOrder, ...place, version: "v20.20.2" })).toContain("Install Node 24");
  }
});

test("missing packages are a reason to run npm ci", () => {
  expect(findProblem({ ...inOrder, installed: null })).toBe(
    "The dependencies are not installed. Run `npm ci`.",
  );
  expect(findProblem({ ...inOrder, installed: { packages: {} } })).toContain("vite is missing");
});

test("a package of another version than the locked one is named", () => {
  expect(findProblem({ ...inOrder, installed: lock("7.9.0") })).toContain("vite is 7.9.0, not 8.0.0");
});

test("an optional package for another platform may be missing", () => {
  const wanted: Lock = { packages: { "node_modules/only-on-a-mac": { version: "1.0.0", optional: true } } };
  expect(findProblem({ ...inOrder, wanted, installed: { packages: {} } })).toBeNull();
});

test("a lockfile that is not there is told with the folder", () => {
  expect(findProblem({ ...inOrder, wanted: null })).toContain("/home/me/ropeway");
});

test("the file is plain old JavaScript", () => {
  const { program, errors } = parseSync("preflight.js", readFileSync(file, "utf8"), { sourceType: "script" });
  expect(errors).toEqual([]);
  const text = JSON.stringify(program);
  const newer = [
    "ArrowFunctionExpression",
    "TemplateLiteral",
    "ClassDeclaration",
    "SpreadElement",
    "ChainExpression",
  ];
  for (const type of [...newer, "ObjectPattern", "ImportExpression"]) expect(text).not.toContain(`"${type}"`);
  expect(text).not.toMatch(/"kind":"(let|const)"/);
});

test("run on this repository it is content", () => {
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
