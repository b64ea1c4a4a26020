import { readdirSync, readFileSync } from "node:fs";

/**
 * The CPU time of all threads of a process so far, in µs. Linux counts it in nanoseconds, as opposed to the ticks of
 * /proc/PID/stat. A thread that has ended is no longer in the sum; servers keep theirs.
 */
export function readCpuMicros(pid: number): number {
  const folder = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of readdirSync(folder)) {
    try {
      nanoseconds += Number(readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
    } catch {
      // The thread has ended since the folder was read.
    }
  }
  return nanoseconds / 1000;
}

/** Resident memory, in bytes. */
export function readResidentBytes(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1]) * 1024;
}
