import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** One message as a frame of its own. */
export interface Message {
  readonly payload: Buffer;
  readonly opcode: 1 | 2 | 8;
  /** Compressed with no context taken over (RFC 7692 §7.2.1). */
  readonly compressed?: boolean;
}

/** The least that the length may take (RFC 6455 §5.2), which makes the bytes of a reply predictable. */
function encodeHeader(first: number, length: number, maskBit: 0 | 0x80): Buffer {
  if (length < 126) return Buffer.from([first, maskBit | length]);
  if (length < 65_536) return Buffer.from([first, maskBit | 126, length >> 8, length & 0xff]);
  const header = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(length, 6);
  return header;
}

/** A client's frame, its four mask bytes random and none of them zero, so that no server gets round unmasking. */
export function encodeClientFrame({ payload, opcode, compressed = false }: Message): Buffer {
  const body = compressed ? compress(payload) : payload;
  const mask = randomBytes(4).map((byte) => byte || 1);
  const masked = Buffer.from(body);
  for (let i = 0; i < masked.length; i++) masked[i] = (masked[i] ?? 0) ^ (mask[i & 3] ?? 0);
  const first = 0x80 | (compressed ? 0x40 : 0) | opcode;
  return Buffer.concat([encodeHeader(first, body.length, 0x80), mask, masked]);
}

/** The frame by which a server that does not compress sends the message. */
export function encodeServerFrame({ payload, opcode }: Message): Buffer {
  return Buffer.concat([encodeHeader(0x80 | opcode, payload.length, 0), payload]);
}

function compress(payload: Buffer): Buffer {
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, -4);
}

export interface ServerFrame {
  readonly opcode: number;
  /** Inflated, if it came compressed. */
  readonly payload: Buffer;
  /** Of the whole frame, in bytes. */
  readonly length: number;
}

/** The frame at the start of the bytes; null while it is not complete. Throws for one that is masked or fragmented. */
export function readServerFrame(bytes: Buffer): ServerFrame | null {
  if (bytes.length < 2) return null;
  const first = bytes.readUInt8(0);
  const short = bytes.readUInt8(1);
  if ((first & 0x80) === 0 || short > 127) throw new Error("The server sent a fragment or a masked frame");
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return null;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return null;
  const body = bytes.subarray(start, start + size);
  return { opcode: first & 0x0f, payload: (first & 0x40) === 0 ? body : inflate(body), length: start + size };
}

function inflate(body: Buffer): Buffer {
  const ended = Buffer.concat([body, Buffer.from([0, 0, 0xff, 0xff])]);
  return inflateRawSync(ended, { finishFlush: constants.Z_SYNC_FLUSH });
}
