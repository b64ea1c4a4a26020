import type { StreamOptions } from "../../src/client/index.ts";
import type { Direction } from "./direction.ts";

/** What a run is to carry. */
export interface ChaosLoad {
  /** In each direction, over all connections and streams. */
  readonly messages: number;
  readonly connections: number;
}

/** One direction of a stream of a connection, with messages of its own: their ids count from 0. */
export interface Flow {
  readonly index: number;
  readonly connection: number;
  /** The stream's name; "" is the connection itself. */
  readonly stream: StreamName;
  readonly direction: Direction;
  readonly messages: number;
}

/** The streams of each connection, and how large a part of the messages goes over each. */
const shares = { "": 0.5, notes: 0.4, files: 0.1 } as const;

export type StreamName = keyof typeof shares;

const streamNames = Object.keys(shares) as StreamName[];

export function streamOptions(stream: StreamName): StreamOptions {
  return { priority: stream === "files" ? "bulk" : "interactive" };
}

const directions = ["up", "down"] as const;

/** All flows of a run, each at its index. Both processes make the same list. */
export function flowsOf({ messages, connections }: ChaosLoad): Flow[] {
  const flows: Flow[] = [];
  for (let connection = 0; connection < connections; connection++) {
    const ofConnection = part(messages, connections, connection);
    for (const stream of streamNames) {
      const count = messagesOf(stream, ofConnection);
      for (const direction of directions)
        flows.push({ index: flows.length, connection, stream, direction, messages: count });
    }
  }
  return flows;
}

/** The messages that are left over go to the first ones, so that the sum is what was asked for. */
function part(messages: number, parts: number, index: number): number {
  return Math.floor(messages / parts) + (index < messages % parts ? 1 : 0);
}

function messagesOf(stream: StreamName, ofConnection: number): number {
  const notes = Math.floor(ofConnection * shares.notes);
  const files = Math.floor(ofConnection * shares.files);
  if (stream === "") return ofConnection - notes - files;
  return stream === "notes" ? notes : files;
}

/** A whole number of 32 bits that looks random, and that a flow and an id decide. */
export function drawOf(flow: Flow, id: number): number {
  let word = Math.imul(flow.index + 1, 0x9e3779b9) ^ Math.imul(id + 1, 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}
