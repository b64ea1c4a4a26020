import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.ts";
import { endCommandsOnSignal } from "./run-command.ts";

const COMMAND = resolve("dist/cli/main.js");
const CONFIGURATION = "apps/parlor/ropeway.config.ts";

/**
 * `npm start`: builds what is not up to date, then is `ropeway serve` with Parlor's configuration and the arguments
 * given. The server runs in this process, so that SIGINT and SIGTERM reach it as they come.
 */
export async function main(args: readonly string[]): Promise<number | undefined> {
  console.log("Building what is not up to date …");
  const leaveSignalsAlone = endCommandsOnSignal();
  const { ok, seconds, built } = await build();
  leaveSignalsAlone();
  if (!ok) return 1;
  if (built.length > 0) console.log(`Built ${built.join(", ")} in ${seconds.toFixed(1)} s`);
  process.argv = [process.execPath, COMMAND, "serve", "--config", CONFIGURATION, ...args];
  await import(pathToFileURL(COMMAND).href);
  return undefined;
}
