import type { PeerTarget } from "./generator/open-peer.ts";

/** What one turn of one peer gave. */
export interface Sample {
  /** Server CPU per message (per delivery of a broadcast, per connection of `connect`), in µs. */
  readonly cpuMicros?: number;
  /** Messages, deliveries or connections a second. */
  readonly perSecond?: number;
  /** From the write of a message to the last byte of its echo, in µs. */
  readonly p50Micros?: number;
  readonly p99Micros?: number;
  /** Resident memory for each idle connection. */
  readonly bytesPerConnection?: number;
  /** Figures of one workload alone, by the heads of their columns. */
  readonly extras?: Readonly<Record<string, number>>;
}

/** A server as the generator sees it. */
export interface MeasuredServer {
  readonly target: PeerTarget;
  /** Of its process, whose CPU time and memory are read. */
  readonly pid: number;
  /** Lets it collect its garbage, so that what is left is what it needs. */
  readonly collectGarbage: () => Promise<void>;
  /** What waits for the connection for which most does, in bytes. */
  readonly readBuffered: () => Promise<number>;
}

/** How long and how large a turn is. */
export interface Effort {
  readonly warmupMs: number;
  readonly measureMs: number;
  /** Connections of the workload `memory`. */
  readonly idleConnections: number;
}

/** A kind of traffic, the same for all peers. */
export interface Workload {
  /** What `npm run bench -- NAME` selects, by its beginning. */
  readonly name: string;
  readonly title: string;
  /** What is counted: "message", "delivery", "connection". */
  readonly unit: string;
  readonly deflate: boolean;
  readonly tls: boolean;
  /** Socket.IO takes part: its own framing is texts over plain WebSocket. */
  readonly forSocketIo: boolean;
  /** Sessions are compared with other connections that outlive their lines, and with the plain engine. */
  readonly ofSessions: boolean;
  /** Each turn begins with a process that has done nothing yet. */
  readonly freshProcess: boolean;
  readonly run: (server: MeasuredServer, effort: Effort) => Promise<Sample>;
}

/** The figure that a workload is judged by: CPU, or memory where that is what it measures. */
export function costOf(sample: Sample | undefined): number | undefined {
  return sample?.cpuMicros ?? sample?.bytesPerConnection;
}
