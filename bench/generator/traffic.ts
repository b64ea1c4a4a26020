import type { Connection } from "../../src/cli/load/connection.ts";
import type { PeerTarget } from "./open-peer.ts";
import {
  encodeClientFrame,
  encodeServerFrame,
  type Message,
  readServerFrame,
} from "../../src/cli/load/frames.ts";

const WORDS = [
  "position",
  "channel",
  "member",
  "update",
  "price",
  "user",
  "value",
  "typing",
  "room",
  "status",
];

/** Something like the JSON that applications send: `bytes` ASCII characters, which differ with the seed. */
export function makeText(bytes: number, seed: number): string {
  let text = `{"id":${seed}`;
  for (let i = seed; text.length < bytes; i++) text += `,"${WORDS[i % WORDS.length]}":${(i * 7919) % 10_007}`;
  return text.slice(0, bytes);
}

/** A message of the workload for this server: large ones are binary, Socket.IO's are events. */
export function makeMessage(target: PeerTarget, options: { bytes: number; seed: number }): Message {
  const text = makeText(options.bytes, options.seed);
  const { dialect, deflate } = target;
  if (dialect === "socket.io") {
    return { payload: Buffer.from(`42${JSON.stringify(["message", text])}`), opcode: 1 };
  }
  return { payload: Buffer.from(text), opcode: options.bytes > 4096 ? 2 : 1, compressed: deflate };
}

export function encodeAll(messages: readonly Message[]): Buffer {
  return Buffer.concat(messages.map((message) => encodeClientFrame(message)));
}

/**
 * The bytes by which the server sends these messages. They follow from the messages unless it compresses: then
 * `provoke` makes it send them once to the connection, and what came is held against the messages after inflating.
 */
export async function learnReply(
  connection: Connection,
  messages: readonly Message[],
  provoke: () => void,
): Promise<Buffer> {
  if (!messages.some(({ compressed }) => compressed)) {
    provoke();
    const expected = Buffer.concat(messages.map((message) => encodeServerFrame(message)));
    const came = await receive(connection, (bytes) =>
      bytes.length >= expected.length ? bytes.length : null,
    );
    if (!came.equals(expected)) throw new Error("The reply differs from what was asked for");
    return expected;
  }
  provoke();
  return receive(connection, (bytes) => matchMessages(bytes, messages));
}

/** How many bytes the messages take; null while some are missing. */
function matchMessages(bytes: Buffer, messages: readonly Message[]): number | null {
  let position = 0;
  for (const { payload, opcode } of messages) {
    const frame = readServerFrame(bytes.subarray(position));
    if (frame === null) return null;
    if (frame.opcode !== opcode || !frame.payload.equals(payload)) {
      throw new Error("The reply, inflated, differs from what was asked for");
    }
    position += frame.length;
  }
  return position;
}

function receive(connection: Connection, measure: (bytes: Buffer) => number | null): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  let bytes: Buffer = Buffer.alloc(0);
  connection.onBytes = (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    const length = measure(bytes);
    if (length === null) return;
    if (length !== bytes.length) throw new Error("More came than was asked for");
    connection.onBytes = () => {};
    resolve(bytes);
  };
  return promise;
}
