import { existsSync, readFileSync } from "node:fs";
import { build } from "./build.ts";
import { endCommandsOnSignal, runCommand } from "./run-command.ts";

const LOCK = "bench/package-lock.json";
const INSTALLED = "bench/node_modules/.package-lock.json";

/**
 * `npm run bench`: builds what is measured, installs what it is compared with if that is not there, and runs the
 * benchmark with the arguments given.
 */
export async function main(args: readonly string[]): Promise<number> {
  endCommandsOnSignal();
  if (!(await build()).ok) return 1;
  if (!areInstalled()) {
    console.log("Installing the peers (some 110 MB) …");
    const { code } = await runCommand("npm", ["ci", "--prefix", "bench", "--no-audit", "--loglevel=error"]);
    if (code !== 0) return code;
  }
  return (await runCommand(process.execPath, ["bench/main.ts", ...args])).code;
}

/** Whether the versions of the lockfile are those that lie there; optional ones are for other platforms. */
function areInstalled(): boolean {
  if (!existsSync(INSTALLED)) return false;
  const [wanted, have] = [LOCK, INSTALLED].map(
    (file) => (JSON.parse(readFileSync(file, "utf8")) as Lock).packages,
  );
  return Object.entries(wanted ?? {}).every(
    ([name, { version, optional }]) => name === "" || optional === true || have?.[name]?.version === version,
  );
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}
