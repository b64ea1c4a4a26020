import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { runCommand } from "../../tools/run-command.ts";

const CACHE = "node_modules/.cache/ropeway/node";

/** Another version of Node, as the npm package that holds its binary; kept, so that it is installed only once. */
export async function installNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = resolve(CACHE, version);
  const binary = `${folder}/node_modules/${name}/bin/node`;
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-audit",
    "--no-package-lock",
    "--ignore-scripts",
  ];
  const { code, output } = await runCommand("npm", [...args, `${name}@${version}`], { output: "capture" });
  if (code !== 0) throw new Error(`Node ${version} could not be installed:\n${output}`);
  return binary;
}
