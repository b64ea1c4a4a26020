import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** A message as the Python client tells it. */
export interface MessageRecord {
  readonly bytes: number;
  readonly crc: number;
  readonly text: boolean;
}

/** Text and binary, short and long, each with its number; the same as in python/session_client.py. */
function numberedMessage(number: number): string | Buffer {
  const size = number % 20 === 0 ? 102_400 : number % 200;
  if (number % 3 > 0) return `${number} ${"aß€😀".repeat(size / 10)}`;
  return Buffer.concat([Buffer.from(`${number} `), Buffer.alloc(size, number % 251)]);
}

export function numberedMessages(count: number): (string | Buffer)[] {
  return Array.from({ length: count }, (_, index) => numberedMessage(index + 1));
}

export function recordOf(message: string | Buffer): MessageRecord {
  const raw = Buffer.from(message as string);
  return { bytes: raw.byteLength, crc: crc32(raw), text: typeof message === "string" };
}
