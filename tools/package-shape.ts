import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";

/** Packs what is in dist/ as `npm publish` would, without building it. Returns the full path of the tarball. */
export async function packTarball(folder: string): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { code, output } = await runCommand("npm", args, { output: "capture" });
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  const start = output.search(/^[[{]/m);
  const [packed] = Object.values(JSON.parse(output.slice(start)) as Record<string, { filename: string }>);
  return join(folder, packed!.filename);
}

/** What publint and attw find wrong with the packed package, in words; an empty text if nothing is. */
export async function checkPackageShape(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ropeway-shape-"));
  try {
    const tarball = await packTarball(folder);
    const results = await Promise.all([
      runCommand("publint", ["run", tarball, "--strict"], { output: "capture" }),
      runCommand("attw", [tarball, "--profile", "esm-only"], { output: "capture" }),
    ]);
    return results.map(({ code, output }) => (code === 0 ? "" : output)).join("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
