import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endCommandsOnSignal, runCommand, type CommandResult } from "./run-command.ts";

export interface BuildResult {
  readonly ok: boolean;
  readonly seconds: number;
  /** What was built, for a line of progress; empty if everything was up to date already. */
  readonly built: readonly string[];
}

/** What the server serves to pages without a bundler (src/server/client-script.ts). */
export const CLIENT_SCRIPT = "dist/client/ropeway.js";

/** What is made by a command of its own, only if there is something new. */
interface Product {
  readonly name: string;
  /** Whether it must be made again is told by these files, and by the locked versions of what makes it. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly command: readonly [string, ...string[]];
}

const products: readonly Product[] = [
  {
    name: "the browser client",
    inputs: ["src", "tools/build-client.ts", "tools/bundle.ts"],
    output: CLIENT_SCRIPT,
    command: [process.execPath, "tools/preflight.cjs", "build-client"],
  },
  {
    name: "Parlor",
    inputs: ["apps/parlor", "src/client", "src/interface", "src/session"],
    output: "apps/parlor/dist/index.html",
    command: ["npm", "run", "build", "--silent", "--workspace=apps/parlor"],
  },
];
const FINGERPRINTS = "node_modules/.cache/ropeway/fingerprints";

/** `npm run build`. */
export async function main(): Promise<number> {
  endCommandsOnSignal();
  const { ok, seconds, built } = await build();
  if (ok)
    console.log(
      `${built.length === 0 ? "Up to date" : `Built ${built.join(", ")}`} (${seconds.toFixed(1)} s)`,
    );
  return ok ? 0 : 1;
}

/** Brings dist/ and the app up to date, side by side; prints only what failed. */
export async function build(): Promise<BuildResult> {
  const started = performance.now();
  removeOrphans("dist", { source: "src", kept: [CLIENT_SCRIPT, `${CLIENT_SCRIPT}.map`] });
  const before = newestChange("dist");
  const [library, ...results] = await Promise.all([
    runCommand("tsc", ["-b", "tsconfig.build.json"], { output: "capture" }),
    ...products.map(make),
  ]);
  const made = products.filter((_, index) => results[index] !== null);
  const failed = [library, ...results].filter((result) => result !== null && result.code !== 0);
  for (const result of failed) console.error(result!.output);
  const built = [...(newestChange("dist") > before ? ["the library"] : []), ...made.map(({ name }) => name)];
  return { ok: failed.length === 0, built, seconds: (performance.now() - started) / 1000 };
}

/** Null if it is up to date. */
async function make({ name, inputs, output, command }: Product): Promise<CommandResult | null> {
  const fingerprint = fingerprintOf([...inputs, "package-lock.json"]);
  const fingerprintFile = `${FINGERPRINTS}/${name.replaceAll(" ", "-")}`;
  if (existsSync(output) && readText(fingerprintFile) === fingerprint) return null;
  const [program, ...args] = command;
  const result = await runCommand(program, args, { output: "capture" });
  if (result.code === 0) {
    mkdirSync(FINGERPRINTS, { recursive: true });
    writeFileSync(fingerprintFile, fingerprint);
  }
  return result;
}

/** Removes what was compiled from a source that is gone, which would otherwise be packed. */
export function removeOrphans(folder: string, { source, kept }: { source: string; kept: string[] }): void {
  for (const file of listFiles(folder)) {
    const path = join(folder, file);
    const compiled = /^(.*?)(\.js|\.d\.ts)(\.map)?$/.exec(file);
    if (compiled === null || kept.includes(path) || existsSync(join(source, `${compiled[1]}.ts`))) continue;
    rmSync(path);
  }
}

/** A text that changes with any of the files under these paths: with its name, its size or its time. */
export function fingerprintOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const files = statSync(path).isDirectory() ? listFiles(path).map((file) => join(path, file)) : [path];
    for (const file of files.toSorted()) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

/** Files below a folder, relative to it, without those that are built or installed; none if it does not exist. */
function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = files.map((file) => file.slice(folder.length + 1));
  return paths.filter((file) => !/^(dist|node_modules)\//.test(file));
}

function newestChange(folder: string): number {
  return Math.max(0, ...listFiles(folder).map((file) => statSync(join(folder, file)).mtimeMs));
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
