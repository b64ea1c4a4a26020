import { mkdirSync, mkdtempDisposableSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprintOf, removeOrphans } from "./build.ts";

test("what was compiled from a source that is gone is removed, and nothing else", () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
  const [source, output] = [join(folder.path, "src"), join(folder.path, "out")];
  mkdirSync(source);
  mkdirSync(output);
  writeFileSync(join(source, "kept.ts"), "");
  const compiled = ["gone.js", "gone.d.ts", "gone.js.map", "kept.js", "kept.d.ts", "kept.js.map"];
  for (const name of [...compiled, "bundle.js", ".tsbuildinfo"]) writeFileSync(join(output, name), "");
  removeOrphans(output, { source, kept: [join(output, "bundle.js")] });
  const left = [".tsbuildinfo", "bundle.js", "kept.d.ts", "kept.js", "kept.js.map"];
  expect(readdirSync(output).toSorted()).toEqual(left);
});

test("the fingerprint of an app changes with a file, and not with what is built or installed", () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
  const file = join(folder.path, "main.ts");
  writeFileSync(file, "one");
  utimesSync(file, 1, 1);
  const before = fingerprintOf([folder.path]);
  mkdirSync(join(folder.path, "dist"));
  writeFileSync(join(folder.path, "dist/main.js"), "built");
  expect(fingerprintOf([folder.path])).toBe(before);
  utimesSync(file, 2, 2);
  const changed = fingerprintOf([folder.path]);
  expect(changed).not.toBe(before);
  writeFileSync(join(folder.path, "more.ts"), "");
  expect(fingerprintOf([folder.path])).not.toBe(changed);
});
