import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { endCommandsOnSignal, runCommand, type CommandResult } from "./run-command.ts";

export interface BuildResult {
  readonly ok: boolean;
  readonly seconds: number;
  /** What was built, for a line of progress; empty if everything was up to date already. */
  readonly built: readonly string[];
}

const APP = "apps/parlor";
/** Whether the app must be built again is told by its files and by the locked versions of what builds it. */
const APP_INPUTS = [APP, "package-lock.json"];
const APP_OUTPUT = `${APP}/dist`;
const FINGERPRINT_FILE = "node_modules/.cache/ropeway/app-fingerprint";

/** `npm run build`. */
export async function main(): Promise<number> {
  endCommandsOnSignal();
  const { ok, seconds, built } = await build();
  if (ok)
    console.log(
      `${built.length === 0 ? "Up to date" : `Built ${built.join(" and ")}`} (${seconds.toFixed(1)} s)`,
    );
  return ok ? 0 : 1;
}

/** Brings dist/ and the app up to date, side by side; prints only what failed. */
export async function build(): Promise<BuildResult> {
  const started = performance.now();
  removeOrphans("dist", "src");
  const before = newestChange("dist");
  const fingerprint = fingerprintOf(APP_INPUTS);
  const appIsCurrent = existsSync(`${APP_OUTPUT}/index.html`) && readText(FINGERPRINT_FILE) === fingerprint;
  const [library, app] = await Promise.all([
    runCommand("tsc", ["-b", "tsconfig.build.json"], { output: "capture" }),
    appIsCurrent ? null : buildApp(fingerprint),
  ]);
  for (const result of [library, app]) if (result !== null && result.code !== 0) console.error(result.output);
  const built = [
    ...(newestChange("dist") > before ? ["the library"] : []),
    ...(app === null ? [] : ["Parlor"]),
  ];
  const ok = library.code === 0 && (app === null || app.code === 0);
  return { ok, built, seconds: (performance.now() - started) / 1000 };
}

async function buildApp(fingerprint: string): Promise<CommandResult> {
  const result = await runCommand("npm", ["run", "build", "--silent", `--workspace=${APP}`], {
    output: "capture",
  });
  if (result.code === 0) {
    mkdirSync(dirname(FINGERPRINT_FILE), { recursive: true });
    writeFileSync(FINGERPRINT_FILE, fingerprint);
  }
  return result;
}

/** Removes what was compiled from a source that is gone, which would otherwise be packed. */
export function removeOrphans(outputFolder: string, sourceFolder: string): void {
  for (const file of listFiles(outputFolder)) {
    const compiled = /^(.*?)(\.js|\.d\.ts)(\.map)?$/.exec(file);
    if (compiled === null || existsSync(join(sourceFolder, `${compiled[1]}.ts`))) continue;
    rmSync(join(outputFolder, file));
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
