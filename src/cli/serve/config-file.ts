import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError, reasonOf } from "../errors.ts";
import type { LoadedConfig } from "./serve-settings.ts";

/** What is looked for in the working folder. */
const configNames = ["ropeway.config.json", "ropeway.config.js", "ropeway.config.ts"];

/** Where and on which Node a config file is looked for. */
export interface ConfigSurroundings {
  readonly folder: string;
  readonly runsTypeScript: boolean;
  readonly nodeVersion: string;
}

/** The config file of a folder; null if there is none. Throws if there are several, as no order is the right one. */
function findConfigFile(folder: string): string | null {
  const found = configNames.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) throw new CommandError("CLI_CONFIG_AMBIGUOUS", { given: found.join(" and ") });
  return found[0] === undefined ? null : join(folder, found[0]);
}

/**
 * Loads the file named by `--config`, or else the folder's. JSON is read; JavaScript and TypeScript are imported, and
 * their default export is the configuration.
 */
export async function loadConfig(
  named: string | undefined,
  surroundings: ConfigSurroundings,
): Promise<LoadedConfig | null> {
  const file =
    named === undefined ? findConfigFile(surroundings.folder) : resolve(surroundings.folder, named);
  if (file === null) return null;
  if (named !== undefined && !existsSync(file)) {
    const facts = { option: "--config", given: JSON.stringify(named), reason: "there is no such file" };
    throw new CommandError("CLI_FILE_UNREADABLE", facts);
  }
  return { file: basename(file), folder: dirname(file), value: await loadValue(file, surroundings) };
}

async function loadValue(
  file: string,
  { runsTypeScript, nodeVersion }: ConfigSurroundings,
): Promise<unknown> {
  const type = extname(file);
  if (type === ".json") return readJson(file);
  if (![".js", ".mjs", ".ts", ".mts"].includes(type)) {
    throw new CommandError("CLI_CONFIG_FILE_TYPE", { given: JSON.stringify(basename(file)) });
  }
  if (type.endsWith("ts") && !runsTypeScript) {
    throw new CommandError("CLI_CONFIG_TYPESCRIPT", { file: basename(file), version: nodeVersion });
  }
  const value = await importDefault(file);
  if (value === undefined) throw new CommandError("CLI_CONFIG_EXPORT", { file: basename(file) });
  return value;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): CommandError {
  const facts = { file: basename(file), reason: `${reasonOf(cause)}${placeOf(file, cause)}` };
  return new CommandError("CLI_CONFIG_UNREADABLE", facts, { cause });
}

/** The line of the file that an error comes from, which its stack tells: a syntax error on top, another one below. */
function placeOf(file: string, cause: unknown): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const afterName = stack.split(basename(file))[1] ?? "";
  const [, line] = /^:(\d+)/.exec(afterName) ?? [];
  return line === undefined ? "" : ` (line ${line})`;
}
