import { constants, deflateRawSync } from "node:zlib";
import { encodeFrame, opcodes, type FrameSpec } from "../raw-peer/frame.ts";
import { numberedMessage } from "./numbered-message.ts";
import type { EndOptions } from "./programs/one-connection.ts";

/** A key that changes nothing, so that frames are made fast and can be written any number of times. */
const noMask = Buffer.alloc(4);
const blockBytes = 64 * 1024;

/** A frame to an end with this role. */
export function frameTo(role: EndOptions["role"], frame: FrameSpec): Buffer {
  return encodeFrame({ ...frame, mask: role === "server" ? noMask : undefined });
}

/** The frame over and over, up to so many bytes, in blocks. */
export function* repeatedFrames(frame: Buffer, bytes: number): Generator<Buffer> {
  const perBlock = Math.max(1, Math.floor(blockBytes / frame.length));
  const block = Buffer.concat(Array.from({ length: perBlock }, () => frame));
  for (let written = 0; written < bytes; written += block.length) yield block;
}

/** Messages of which each tells its number. */
export function* numberedFrames(
  role: EndOptions["role"],
  { opcode, messageBytes, messages }: { opcode: number; messageBytes: number; messages: number },
): Generator<Buffer> {
  for (let number = 0; number < messages; number++) {
    yield frameTo(role, { opcode, payload: numberedMessage(number, messageBytes) });
  }
}

/** The same to a server, each compressed by itself (RFC 7692 §7.2.1). */
export function* deflatedFrames(messages: number, messageBytes: number): Generator<Buffer> {
  for (let number = 0; number < messages; number++) {
    const message = numberedMessage(number, messageBytes);
    const deflated = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
    yield frameTo("server", { opcode: opcodes.binary, rsv: 4, payload: deflated.subarray(0, -4) });
  }
}
