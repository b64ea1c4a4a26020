import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { readCpuMicros, readResidentBytes } from "../load/process-usage.ts";

/** Both ends of connections, by their ports. */
export interface Ports {
  readonly server: number;
  readonly client: ReadonlySet<number>;
}

const established = "01";

/**
 * The processes on this machine that hold the server's end of these connections, by /proc: none if the server is
 * elsewhere, is another user's, or if this is not Linux.
 */
export function findServerProcesses(ports: Ports): number[] {
  const sockets = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => findSockets(readIfThere(file), ports)),
  );
  if (sockets.size === 0) return [];
  return listIfThere("/proc")
    .filter((name) => /^\d+$/.test(name) && holdsOneOf(sockets, name))
    .map(Number);
}

/** The sockets' inodes in a table such as /proc/net/tcp: addresses in hex, the port behind the last colon. */
export function findSockets(table: string, { server, client }: Ports): string[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", remote = "", state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const isServersEnd = state === established && portOf(local) === server && client.has(portOf(remote));
      return isServersEnd ? [inode] : [];
    });
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(":") + 1), 16);
}

function holdsOneOf(sockets: ReadonlySet<string>, pid: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return listIfThere(folder).some((name) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkIfThere(`${folder}/${name}`))?.[1];
    return inode !== undefined && sockets.has(inode);
  });
}

/** The CPU time of all these processes so far; NaN if one of them has ended. */
export function readCpuOf(pids: readonly number[]): number {
  return sumOf(pids, readCpuMicros);
}

/** Their resident memory; NaN if one of them has ended. */
export function readMemoryOf(pids: readonly number[]): number {
  return sumOf(pids, readResidentBytes);
}

function sumOf(pids: readonly number[], read: (pid: number) => number): number {
  try {
    return pids.reduce((sum, pid) => sum + read(pid), 0);
  } catch {
    return Number.NaN;
  }
}

/** The program that a process runs; a process may call itself by another name. */
export function readProgramName(pid: number): string {
  const [program = ""] = readIfThere(`/proc/${pid}/cmdline`).split("\0", 1);
  return basename(program);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function listIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkIfThere(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
