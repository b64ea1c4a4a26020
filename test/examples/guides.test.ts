import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../tools/run-command.ts";
import { BlockProject } from "./block-project.ts";
import { readCodeBlocks } from "./code-blocks.ts";

const folder = new URL("../../docs/guides/", import.meta.url);
const compiler = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));

/** As strict as a user's project may be, against the sources. */
const tsconfig = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: "ES2023",
    lib: ["ESNext"],
    module: "NodeNext",
    types: ["node"],
    customConditions: ["@ropeway/source"],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ["*.mts"],
};

describe("the guides", () => {
  test("hold programs that compile: the blocks of a page, from top to bottom", async () => {
    const programs = guides.map((name) => [name.replace(/\.md$/, ".mts"), programOf(name)] as const);
    expect(programs.filter(([, text]) => text !== "").length).toBeGreaterThanOrEqual(4);
    const files = { ...Object.fromEntries(programs), "tsconfig.json": JSON.stringify(tsconfig) };
    using project = new BlockProject(files);
    const { output } = await runCommand(compiler, ["-p", project.folder], { output: "capture" });
    // The sources have projects of their own; those of the client know the DOM, which is not there in this one.
    const found = output.split("\n").filter((line) => line !== "" && !/^(src\/|\s)/.test(line));
    expect(found).toEqual([]);
  });

  test.each(guides)("%s links to files that exist", (name) => {
    const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    expect(links.filter((path) => !existsSync(new URL(path, folder)))).toEqual([]);
  });
});

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

function programOf(name: string): string {
  const blocks = readCodeBlocks(read(name)).filter(({ language }) => language === "ts");
  return blocks.map(({ text }) => text).join("\n");
}
