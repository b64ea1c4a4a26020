import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** The core of the server that is measured; the generator has another, so that neither takes time from the other. */
export const SERVER_CORE = 0;
export const GENERATOR_CORE = 1;

let pins: boolean | undefined;

/** Whether the servers and the generator each get a core of their own: there are two, and `taskset` is there. */
export function canPin(): boolean {
  pins ??= cpus().length > GENERATOR_CORE && hasTaskset();
  return pins;
}

/** A command and its arguments, bound to a core where that can be done. */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin() ? ["taskset", ["-c", String(core), command, ...args]] : [command, [...args]];
}

/** Binds this process, all its threads. */
export function pinThisProcess(core: number): void {
  if (canPin()) execFileSync("taskset", ["-apc", String(core), String(process.pid)], { stdio: "ignore" });
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
