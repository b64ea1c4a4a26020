import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { requireTool } from "../../tools/system-packages.ts";
import type { ClientReport, PeerClient } from "./client-task.ts";

/** A Python 3 that has websockets. */
export const python = requireTool("python-websockets");

export function pythonScript(name: string): string {
  return fileURLToPath(new URL(`python/${name}`, import.meta.url));
}

/** The client of Python's websockets, a process for each connection. */
export const pythonClient: PeerClient = {
  name: "Python websockets",
  traits: {
    fragments: true,
    pings: true,
    compresses: true,
    limitsWindow: true,
    showsParameters: true,
    keepsByteOrderMark: true,
  },
  async run(url, task) {
    const { stdout } = await promisify(execFile)(python.path, [
      pythonScript("echo_client.py"),
      url,
      JSON.stringify(task),
    ]);
    return JSON.parse(stdout) as ClientReport;
  },
};
