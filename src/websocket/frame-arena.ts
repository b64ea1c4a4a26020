import { randomFillSync } from "node:crypto";
import {
  applyMask,
  FIN,
  frameHeaderBytes,
  frameHeaderBytesMax,
  Opcode,
  writeFrameHeader,
} from "../protocol/index.ts";

const arenaBytes = 64 * 1024;

/** Payloads up to this many bytes are written beside their header; larger ones are sent from where they lie. */
export const arenaPayloadMax = 16 * 1024;

/** UTF-8 takes at most this many bytes for a UTF-16 code unit. */
export const utf8BytesPerUnitMax = 3;

/**
 * Where this process writes outgoing frames: one buffer, filled from the front and replaced when full, so that a frame
 * costs no allocation of its own and the frames of one burst lie side by side. A full buffer lives on for as long as
 * something refers to it. What has left the process at once is taken back with `release`.
 */
class FrameArena {
  buffer = Buffer.allocUnsafeSlow(arenaBytes);
  /** The frame written last is `buffer[start, end)`. */
  start = 0;
  end = 0;

  /** Writes a text frame of at most `arenaPayloadMax` bytes and returns its payload's size. */
  writeText(text: string, masked: boolean): number {
    this.#begin(text.length * utf8BytesPerUnitMax);
    // The header's size depends on the payload's, which is counted only where it could make a difference.
    const isCertain = text.length * utf8BytesPerUnitMax < 126 || text.length >= 126;
    const payloadAt =
      this.start + frameHeaderBytes(isCertain ? text.length : Buffer.byteLength(text), masked);
    const length = this.buffer.write(text, payloadAt, "utf8");
    this.#finish(FIN | Opcode.Text, length, masked);
    return length;
  }

  /** Writes a frame with a payload of at most `arenaPayloadMax` bytes. */
  write(first: number, payload: Uint8Array, masked: boolean): void {
    this.#begin(payload.length);
    this.buffer.set(payload, this.start + frameHeaderBytes(payload.length, masked));
    this.#finish(first, payload.length, masked);
  }

  /** Writes the header of a server's frame whose payload lies elsewhere. */
  writeHeader(first: number, payloadBytes: number): void {
    this.#begin(0);
    this.end = writeFrameHeader(this.buffer, this.start, first, payloadBytes, undefined);
  }

  /** Takes back `[start, end)` of `buffer`, which nothing refers to any more, if no frame was written after it. */
  release(buffer: Uint8Array, start: number, end: number): void {
    if (buffer === this.buffer && end === this.end) this.end = start;
  }

  #begin(payloadBytes: number): void {
    if (this.end + frameHeaderBytesMax + payloadBytes > arenaBytes) {
      this.buffer = Buffer.allocUnsafeSlow(arenaBytes);
      this.end = 0;
    }
    this.start = this.end;
  }

  #finish(first: number, payloadBytes: number, masked: boolean): void {
    const mask = masked ? takeMask() : undefined;
    const payloadAt = writeFrameHeader(this.buffer, this.start, first, payloadBytes, mask);
    this.end = payloadAt + payloadBytes;
    if (mask !== undefined) applyMask(this.buffer, payloadAt, this.end, mask);
  }
}

export const frameArena = new FrameArena();

/** A frame in a buffer of its own. */
export function frameInOwnBuffer(first: number, payload: Uint8Array, masked: boolean): Buffer {
  const mask = masked ? takeMask() : undefined;
  const frame = Buffer.allocUnsafeSlow(frameHeaderBytes(payload.length, masked) + payload.length);
  const payloadAt = writeFrameHeader(frame, 0, first, payload.length, mask);
  frame.set(payload, payloadAt);
  if (mask !== undefined) applyMask(frame, payloadAt, frame.length, mask);
  return frame;
}

const masks = new Int32Array(1024);
let nextMask = masks.length;

/** A fresh unpredictable mask (RFC 6455 §10.3), from a strong source in batches. */
function takeMask(): number {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  return masks[nextMask++]!;
}
