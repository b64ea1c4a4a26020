import { describe, expect, test } from "vitest";
import { checkImports, checkProject, drawLayers, findImports, type Layer } from "./layers.ts";

const layers: readonly Layer[] = [
  { folder: "src/wire", level: 0, about: "the wire", pure: true, packages: [] },
  { folder: "src/other", level: 0, about: "beside the wire", pure: true, packages: [] },
  { folder: "src/engine", level: 2, about: "the engine", packages: [] },
  { folder: "src/host", level: 3, about: "the host", packages: ["zod", "@scope/name"] },
];

function check(path: string, text: string): string[] {
  return checkImports([{ path, text }], layers);
}

describe("an import is allowed", () => {
  test.each([
    ["within its layer", "src/wire/frames/parse.ts", 'import { mask } from "../mask.ts";'],
    ["of a lower layer's index", "src/host/app.ts", 'import { Server } from "../engine/index.ts";'],
    ["of a layer far below", "src/host/app.ts", 'import type { Frame } from "../wire/index.ts";'],
    ["of a lower layer by its public name", "src/host/app.ts", 'import { Server } from "ropeway/engine";'],
    ["of a Node module above the pure layers", "src/engine/net.ts", 'import net from "node:net";'],
    [
      "of a package that the layer lists",
      "src/host/app.ts",
      'import { z } from "zod/mini"; import "@scope/name/x";',
    ],
    ["of the test runner in a pure layer's test", "src/wire/mask.test.ts", 'import { test } from "vitest";'],
    [
      "of a Node module in a test that says so",
      "src/wire/zlib.node.test.ts",
      'import zlib from "node:zlib";',
    ],
    [
      "of a pure fixture in a pure layer's test",
      "src/wire/mask.test.ts",
      'import { frame } from "../../test/pure/frames.ts";',
    ],
    [
      "of a tool in a test",
      "src/host/app.test.ts",
      'import { requireTool } from "../../tools/system-packages.ts";',
    ],
  ])("%s", (_, path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe("an import is a violation", () => {
  test.each([
    [
      "upwards",
      "src/wire/frame.ts",
      'import { x } from "../engine/index.ts";',
      "src/wire (L0) may not use src/engine (L2)",
    ],
    [
      "sideways",
      "src/wire/frame.ts",
      'import { x } from "../other/index.ts";',
      "src/wire (L0) may not use src/other (L0)",
    ],
    [
      "upwards for a type alone",
      "src/wire/frame.ts",
      'export type { X } from "../engine/index.ts";',
      "may not use",
    ],
    [
      "upwards in a type expression",
      "src/wire/frame.ts",
      'type X = import("../engine/index.ts").X;',
      "may not use",
    ],
    ["upwards at run time", "src/wire/frame.ts", 'await import("../engine/index.ts");', "may not use"],
    ["upwards by the public name", "src/wire/frame.ts", 'import { x } from "ropeway/engine";', "may not use"],
    [
      "past the index",
      "src/host/app.ts",
      'import { x } from "../wire/mask.ts";',
      "only through src/wire/index.ts",
    ],
    ["of a Node module in a pure layer", "src/wire/frame.ts", 'import "node:zlib";', "src/wire is pure"],
    [
      "of a Node module in a pure layer's test",
      "src/wire/frame.test.ts",
      'import "node:zlib";',
      "src/wire is pure",
    ],
    [
      "of any package in the engine",
      "src/engine/net.ts",
      'import ws from "ws";',
      "may import no third-party package",
    ],
    [
      "of a package that is not listed",
      "src/host/app.ts",
      'import express from "express";',
      "only zod, @scope/name",
    ],
    ["out of the layers", "src/host/app.ts", 'import "../../tools/build.ts";', "outside of every layer"],
  ])("%s", (_, path, text, rule) => {
    expect(check(path, text)).toEqual([expect.stringContaining(`${path}: imports`)]);
    expect(check(path, text)[0]).toContain(rule);
  });
});

test("re-exporting everything is a violation, as an index is a list of names", () => {
  expect(check("src/wire/index.ts", 'export * from "./mask.ts";')).toEqual([
    expect.stringContaining('there is no "export *"'),
  ]);
});

test("a file of no layer is a violation", () => {
  expect(check("src/stray/x.ts", "")[0]).toContain("not in the list of layers");
});

test("imports are found in code and not in comments or texts", () => {
  const text =
    '// import "./a.ts";\nconst text = `import "./b.ts"`;\nimport "./c.ts";\nexport { d } from "./d.ts";';
  expect(findImports({ path: "x.ts", text }).specifiers).toEqual(["./c.ts", "./d.ts"]);
});

describe("a TypeScript project", () => {
  test("may reference a lower layer, from a folder within its own as well", () => {
    const references = [{ path: "../../engine" }, { path: "../../wire" }];
    expect(checkProject({ path: "src/host/part/tsconfig.json", project: { references } }, layers)).toEqual(
      [],
    );
  });

  test("may not reference upwards, sideways or outside", () => {
    const references = [{ path: "../host" }, { path: "../other" }, { path: "../../tools" }];
    expect(checkProject({ path: "src/wire/tsconfig.json", project: { references } }, layers)).toEqual([
      "src/wire/tsconfig.json: references src/host (L3) from L0",
      "src/wire/tsconfig.json: references src/other (L0) from L0",
      "src/wire/tsconfig.json: references tools, which is no layer",
    ]);
  });

  test("of a pure layer lets no Node and no DOM in", () => {
    const project = { compilerOptions: { lib: ["ES2023", "DOM"], types: ["node"] } };
    expect(checkProject({ path: "src/wire/tsconfig.json", project }, layers)[0]).toContain("not DOM, node");
    expect(checkProject({ path: "src/engine/tsconfig.json", project }, layers)).toEqual([]);
  });
});

test("the diagram has the highest layer first and a line for each folder", () => {
  expect(drawLayers(layers)).toBe(
    [
      "L3  src/host    the host",
      "L2  src/engine  the engine",
      "L0  src/wire    the wire",
      "    src/other   beside the wire",
    ].join("\n"),
  );
});
