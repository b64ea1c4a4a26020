import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { CLIENT_SCRIPT } from "./build.ts";
import { bundle } from "./bundle.ts";

const everything = 'export * from "ropeway/client";';

/** Writes `ropeway/client` as one ES module for pages without a bundler, and its source map. */
export async function main(): Promise<number> {
  const { code, map } = await bundle(everything, { file: CLIENT_SCRIPT, keepsClassNames: true });
  mkdirSync(dirname(CLIENT_SCRIPT), { recursive: true });
  writeChanged(CLIENT_SCRIPT, `${code.trimEnd()}\n//# sourceMappingURL=${basename(CLIENT_SCRIPT)}.map\n`);
  writeChanged(`${CLIENT_SCRIPT}.map`, map);
  return 0;
}

/** Leaves a file that is the same with its time, by which a server tells that it is new. */
function writeChanged(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  writeFileSync(file, text);
}
