import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { applyMask, FIN, frameHeaderBytes, RSV1, writeFrameHeader } from "../../protocol/index.ts";

/** One message, or a control frame, as a frame of its own. */
export interface Message {
  readonly payload: Buffer;
  readonly opcode: 1 | 2 | 8 | 9 | 10;
  /** Compressed with no context taken over (RFC 7692 §7.2.1). */
  readonly compressed?: boolean;
}

/** A client's frame, its four mask bytes random and none of them zero, so that no server gets round unmasking. */
export function encodeClientFrame({ payload, opcode, compressed = false }: Message): Buffer {
  const body = compressed ? compress(payload) : payload;
  const mask = Buffer.from(randomBytes(4).map((byte) => byte || 1)).readUInt32BE();
  const frame = Buffer.allocUnsafe(frameHeaderBytes(body.length, true) + body.length);
  const start = writeFrameHeader(frame, 0, FIN | (compressed ? RSV1 : 0) | opcode, body.length, mask);
  body.copy(frame, start);
  applyMask(frame, start, frame.length, mask);
  return frame;
}

/** The frame by which a server that does not compress sends the message. */
export function encodeServerFrame({ payload, opcode }: Message): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes(payload.length, false) + payload.length);
  payload.copy(frame, writeFrameHeader(frame, 0, FIN | opcode, payload.length, undefined));
  return frame;
}

function compress(payload: Buffer): Buffer {
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, -4);
}

/** What a compressed message says. Throws past `bytesMax` bytes (RFC 7692 §7.2.2). */
export function inflate(body: Buffer, bytesMax: number): Buffer {
  const ended = Buffer.concat([body, Buffer.from([0, 0, 0xff, 0xff])]);
  return inflateRawSync(ended, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: bytesMax });
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Of the whole frame, in bytes. */
  readonly length: number;
}

/**
 * The frame at the start of the bytes; null while it is not complete. Throws for one that is masked, fragmented or
 * compressed.
 */
export function readServerFrame(bytes: Buffer): ServerFrame | null {
  if (bytes.length < 2) return null;
  const first = bytes.readUInt8(0);
  const short = bytes.readUInt8(1);
  if (first < FIN || (first & 0x70) !== 0 || short > 127) {
    throw new Error("The server sent a frame that is masked, fragmented or compressed");
  }
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return null;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return null;
  return { opcode: first & 0x0f, payload: bytes.subarray(start, start + size), length: start + size };
}
