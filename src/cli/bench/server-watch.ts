import { findServerProcesses, type Ports, readCpuOf, readMemoryOf, readProgramName } from "./local-server.ts";

/** What a server on this machine costs. */
export interface ServerCost {
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
  /** NaN if it could not be told. */
  readonly cpuMicrosPerMessage: number;
  /** By how much its memory grew while the connections opened; NaN if they are too few to tell. */
  readonly memoryBytesPerConnection: number;
}

/** Fewer connections than these take less memory than a process gains and loses by itself. */
const connectionsForMemoryMin = 1000;

/** Watches the processes of the server: the one that is named, or those that hold the connections' other ends. */
export class ServerWatch {
  readonly #pid: number | null;
  readonly #findPorts: () => Ports;
  #pids: readonly number[];
  readonly #memoryBefore: number;
  readonly #connectionsBefore: number;
  #memoryBytesPerConnection = Number.NaN;

  /** Takes the memory of the server as it is now. */
  constructor(pid: number | null, findPorts: () => Ports) {
    this.#pid = pid;
    this.#findPorts = findPorts;
    const ports = findPorts();
    this.#pids = this.#find(ports);
    this.#memoryBefore = readMemoryOf(this.#pids);
    this.#connectionsBefore = ports.client.size;
  }

  /** All connections are open: takes the memory once more, and which processes have some of them. */
  handleOpened(): void {
    const ports = this.#findPorts();
    const pids = this.#find(ports);
    const isSame = String(pids) === String(this.#pids);
    this.#pids = pids;
    const count = ports.client.size - this.#connectionsBefore;
    if (!isSame || ports.client.size < connectionsForMemoryMin) return;
    this.#memoryBytesPerConnection = (readMemoryOf(pids) - this.#memoryBefore) / count;
  }

  /** CPU time of the server so far; NaN if it cannot be told. */
  readCpuMicros(): number {
    return this.#pids.length === 0 ? Number.NaN : readCpuOf(this.#pids);
  }

  /** Null if the server was not found on this machine. */
  costOf(cpuMicros: number, messages: number): ServerCost | null {
    if (this.#pids.length === 0) return null;
    return {
      processes: this.#pids.map((pid) => ({ pid, name: readProgramName(pid) })),
      cpuMicrosPerMessage: messages === 0 ? Number.NaN : cpuMicros / messages,
      memoryBytesPerConnection: this.#memoryBytesPerConnection,
    };
  }

  #find(ports: Ports): number[] {
    return this.#pid === null ? findServerProcesses(ports) : [this.#pid];
  }
}
