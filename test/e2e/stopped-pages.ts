import { spawnSync } from "node:child_process";
import type { Browser } from "puppeteer-core";

/** Chromium's processes of pages, and Firefox's. */
const pageProcess = /--type=renderer|-contentproc .* tab$/;

/** Stops the processes in which a browser runs pages, as when a machine sleeps; they go on when the scope is left. */
export class StoppedPages implements Disposable {
  readonly #pids: readonly number[];

  constructor(browser: Browser) {
    this.#pids = pageProcesses(browser.process()!.pid!);
    if (this.#pids.length === 0) throw new Error("The browser has no processes of pages");
    for (const pid of this.#pids) process.kill(pid, "SIGSTOP");
  }

  [Symbol.dispose](): void {
    for (const pid of this.#pids) process.kill(pid, "SIGCONT");
  }
}

function pageProcesses(browserPid: number): number[] {
  const { stdout, error } = spawnSync("ps", ["-ww", "-eo", "pid=,ppid=,args="], { encoding: "utf8" });
  if (error !== undefined) throw error;
  const found: number[] = [];
  const family = new Set([browserPid]);
  const all = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  // Each round finds the children of those known.
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const [, pid, parent] of all) if (family.has(Number(parent))) family.add(Number(pid));
  }
  for (const [, pid, , args = ""] of all)
    if (family.has(Number(pid)) && pageProcess.test(args)) found.push(Number(pid));
  return found;
}
