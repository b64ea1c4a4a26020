import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installNode } from "./install-node.ts";
import { InstalledProject } from "./installed-project.ts";

/** docs/decisions/0006 says why they are accepted. */
const packagesOfSend =
  "debug depd ee-first encodeurl escape-html etag fresh http-errors inherits mime-db mime-types ms on-finished range-parser setprototypeof statuses toidentifier";

let project: InstalledProject;

beforeAll(async () => {
  project = await InstalledProject.create();
});

afterAll(() => project[Symbol.dispose]());

describe("the packed package", () => {
  test("holds what is built and the documents, and nothing for tests or of the build", () => {
    const expected =
      /^(dist\/(?!testing\/)[\w/-]+\.(js|js\.map|d\.ts)|package\.json|(README|LIMITS|CHANGELOG)\.md|LICENSE)$/;
    expect(project.files.filter((file) => !expected.test(file))).toEqual([]);
    expect(project.files.filter((file) => file.includes(".test."))).toEqual([]);
  });

  test("has the files that its exports and its command name", () => {
    const { bin, exports } = project.manifest;
    const targets = Object.entries(exports).flatMap(([, target]) =>
      typeof target === "string" ? [target] : [target["types"]!, target["default"]!],
    );
    const named = [...targets, ...Object.values(bin)].map((file) => file.replace(/^\.\//, ""));
    expect(project.files).toEqual(expect.arrayContaining(named));
  });

  test("brings three packages and those that `send` needs", () => {
    expect(Object.keys(project.manifest.dependencies ?? {})).toEqual(["commander", "send", "zod"]);
    expect(project.packages).toEqual(
      ["commander", "ropeway", "send", "zod", ...packagesOfSend.split(" ")].toSorted(),
    );
  });
});

describe.each(["22.13.0", "26.10.0"])("on Node %s", (version) => {
  let node: string;

  beforeAll(async () => {
    node = await installNode(version);
  });

  test("a server and a client of it exchange text and bytes and close cleanly", async () => {
    project.copy("echo.mjs");
    const { code, output } = await project.run(node, ["echo.mjs"]);
    expect(code, output).toBe(0);
    const closed = { code: 1000, reason: "done", wasClean: true };
    expect(JSON.parse(output)).toEqual({ node: `v${version}`, received: ["hello", [1, 2, 3]], ...closed });
  });

  test("a server of it has sessions with its clients, the one that it serves to pages among them", async () => {
    project.copy("sessions.mjs");
    const { code, output } = await project.run(node, ["sessions.mjs"]);
    expect(code, output).toBe(0);
    const exchanged = { received: ["hello", [1, 2, 3]], code: 1000, wasClean: true };
    expect(JSON.parse(output)).toEqual({
      node: `v${version}`,
      scriptType: "text/javascript; charset=utf-8",
      sessions: 3,
      imported: exchanged,
      byScript: exchanged,
      byDropIn: exchanged,
    });
  });

  test("the command tells how it is used", async () => {
    const { code, output } = await project.run(node, [project.command, "--help"]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/serve.*connect/s);
  });
});

describe("on a Node that is too old", () => {
  const version = "20.9.0";
  let node: string;

  beforeAll(async () => {
    node = await installNode(version);
  });

  test.each(["", "--help", "serve --port 0"])("`ropeway %s` says in one line what to do", async (args) => {
    const { code, output } = await project.run(node, [project.command, ...args.split(" ")]);
    expect(output).toBe(
      `Ropeway needs Node 22.13 or later, and this is Node ${version}: install a newer one from https://nodejs.org and run the command again.\n`,
    );
    expect(code).toBe(1);
  });
});

describe("on TypeScript 5.9 with the declaration files checked", () => {
  const inNode = ["consumer.ts", "node-sessions.ts"];
  const inBoth = ["consumer.ts", "browser-client.ts"];

  beforeAll(async () => {
    await project.install("typescript@5.9.3", "@types/node@22.13.0");
    for (const file of [...inNode, ...inBoth]) project.copy(file);
  });

  test.each([
    ["nodenext", inNode, { lib: ["ES2023"], types: ["node"] }],
    ["bundler", inNode, { lib: ["ES2023"], types: ["node"] }],
    ["nodenext", ["browser-client.ts"], { lib: ["ES2022", "DOM"], types: [] }],
    ["bundler", ["browser-client.ts"], { lib: ["ES2022", "DOM"], types: [] }],
    ["nodenext", inBoth, { lib: ["ES2022", "DOM"], types: ["node"] }],
    ["bundler", inBoth, { lib: ["ES2023", "DOM"], types: ["node"] }],
  ])("under %s, %j compile with %j", async (moduleResolution, files, platform) => {
    const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
    const strict = { strict: true, skipLibCheck: false, noEmit: true };
    const compilerOptions = { ...strict, module, moduleResolution, target: "es2022", ...platform };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    const { code, output } = await project.run("node", ["node_modules/typescript/bin/tsc", "-p", "."]);
    expect(output).toBe("");
    expect(code).toBe(0);
  });
});
