import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "./config-file.ts";

/** A folder with files in it, and what `loadConfig` makes of it. */
function folderWith(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "ropeway-config-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    folder,
    load: (named?: string, runsTypeScript = true) =>
      loadConfig(named, { folder, runsTypeScript, nodeVersion: "22.13.0" }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

describe("loadConfig", () => {
  test("finds nothing in a folder without a config file", async () => {
    using place = folderWith({ "other.json": "{}" });
    expect(await place.load()).toBeNull();
  });

  test.each([
    ["ropeway.config.json", '{ "port": 1 }'],
    ["ropeway.config.js", "module.exports = { port: 1 };"],
    ["ropeway.config.ts", "const port: number = 1; export default { port } as { port?: number };"],
  ])("finds %s", async (name, text) => {
    using place = folderWith({ [name]: text });
    expect(await place.load()).toMatchObject({ file: name, folder: place.folder, value: { port: 1 } });
  });

  test.each([
    ["mine.mjs", "export default { port: 2 };"],
    ["mine.mts", "export default { port: 2 as number };"],
    ["mine.json", '{ "port": 2 }'],
  ])("takes %s instead when it is named", async (name, text) => {
    using place = folderWith({ "ropeway.config.json": '{ "port": 1 }', [name]: text });
    expect(await place.load(name)).toMatchObject({ file: name, value: { port: 2 } });
  });

  test("does not choose between two files", async () => {
    using place = folderWith({ "ropeway.config.json": "{}", "ropeway.config.ts": "" });
    await expect(place.load()).rejects.toThrow(
      "There are ropeway.config.json and ropeway.config.ts; keep one",
    );
    expect(await place.load("ropeway.config.json")).toMatchObject({ value: {} });
  });

  test.each([
    ["mine.json", "{ port: 1 }", "mine.json cannot be loaded: Expected property name"],
    ["mine.mjs", "export default {\n  port:: 1 };", "mine.mjs cannot be loaded: "],
    ["mine.mjs", 'import "./absent.js"; export default {};', "mine.mjs cannot be loaded: "],
    ["mine.mjs", '\n\nthrow new TypeError("on purpose");', "mine.mjs cannot be loaded: on purpose (line 3)"],
    ["mine.mjs", 'throw "text";', "mine.mjs cannot be loaded: text"],
    ["mine.mjs", "export const config = {};", "mine.mjs has no configuration as its default export; write"],
    ["mine.yaml", "port: 1", '--config is "mine.yaml"; allowed is a file that ends with .json'],
  ])("says in one line what is wrong with %s %j", async (name, text, message) => {
    using place = folderWith({ [name]: text });
    const failure = await place.load(name).catch((error: Error) => error.message);
    expect(failure).toContain(message);
    expect(failure).not.toContain("\n");
  });

  test("names a file that is not there", async () => {
    using place = folderWith({});
    await expect(place.load("mine.ts")).rejects.toThrow(
      '--config is "mine.ts", which cannot be read: there is no',
    );
  });

  test("says what to do on a Node that does not run TypeScript", async () => {
    using place = folderWith({ "ropeway.config.ts": "export default {};" });
    await expect(place.load(undefined, false)).rejects.toThrow(
      "ropeway.config.ts is TypeScript, which Node runs from 22.18 on, and this is Node 22.13.0: install a newer",
    );
  });
});
