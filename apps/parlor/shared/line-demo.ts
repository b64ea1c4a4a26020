/** Every bound of the first screen's demonstration. */
export const DEMO_LIMITS = {
  visitsMax: 200,
  /** Connections of one visit at once; a line that comes back may have an old one for a moment. */
  relaysMax: 8,
  /** What each of the two sends on each line, and how often. */
  messagesMax: 3000,
  beatMs: 200,
  /** How long everything takes from one end to the other. */
  travelMs: 350,
  /** How long a visitor may leave the line cut without the session being given up; it ends with the visit. */
  suspendedMsMax: 15 * 60_000,
  /** What a page may send through its lines. */
  frameBytesMax: 16 * 1024,
  frameRate: { perSecond: 100, burst: 500 },
  orderRate: { perSecond: 5, burst: 20 },
  orderCharsMax: 200,
  /** How long a cut lasts that ends by itself, and how the cuts of a bad network come. */
  cutMs: 3000,
  badNetwork: { cutMs: [500, 1500], wholeMs: [1500, 2500] },
  reportMs: 200,
} as const;

/** Two lines between the same two people, under the same cuts. */
export type DemoLine = "session" | "plain";

/** What became of the messages in one direction of one line, as counted where they arrive. */
export interface Counts {
  arrived: number;
  /** Numbers that are missing below the highest that arrived. */
  lost: number;
  repeated: number;
  outOfOrder: number;
}

/** What the page tells its demonstration. */
export type DemoOrder =
  | { kind: "cut"; isTimed: boolean }
  | { kind: "mend" }
  /** Cuts that come by themselves, again and again. */
  | { kind: "storm" }
  | { kind: "run"; isRunning: boolean }
  | { kind: "start-over" }
  | { kind: "leave" };

/** How the network between the two is: `mode` is what was ordered, `isCut` what is. */
export interface DemoNetwork {
  mode: "whole" | "cut" | "timed" | "storm";
  isCut: boolean;
}

/** What the other person has sent on each line, and received. */
export type DemoReport = Record<DemoLine, Counts> & { sent: number };

/** What the demonstration tells the page. */
export type DemoNews =
  /** Lines are at `/line`, with this id, from now on. */
  { kind: "visit"; id: string } | { kind: "network"; network: DemoNetwork };

/** Only the newest of them counts. */
export const REPORTS = { name: "reports", options: { kind: "latest" } } as const;

export const noCounts: Counts = { arrived: 0, lost: 0, repeated: 0, outOfOrder: 0 };
