import { ProtocolError } from "./errors.ts";
import { frameHeaderBytesFromSecond, frameHeaderBytesMax, readUint32 } from "./frame-header.ts";
import { applyMask, rotateMask } from "./mask.ts";
import type { Role } from "./role.ts";

/** Takes frames from a `FrameParser`. It may throw `ProtocolError`. */
export interface FrameSink {
  /** No more input is wanted: what follows a Close frame or a failure is not read (RFC 6455 §5.5.1, §7.1.7). */
  readonly hasEnded: boolean;
  /** A header was read: `first` is FIN, RSV bits and opcode. */
  beginFrame(first: number, length: number): void;
  /** The next piece of the frame's payload, unmasked; `isLast` with the one that completes it (which may be empty). */
  takePayload(bytes: Uint8Array, start: number, end: number, isLast: boolean): void;
}

/**
 * Cuts a byte stream into frames (RFC 6455 §5.2), wherever its chunks are cut. Payloads are unmasked in the chunk
 * and handed on as ranges of it; a header is copied only if a chunk ends inside it.
 */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #expectsMask: boolean;
  /** A header that chunks have cut, and how much of it is here. */
  #partialHeader: Uint8Array | undefined;
  #partialBytes = 0;
  /** Payload bytes of the frame under way that are still to come; undefined between frames. */
  #remaining: number | undefined;
  #mask = 0;

  /** `role` is our own: a server's parser expects masked frames. */
  constructor(role: Role, sink: FrameSink) {
    this.#expectsMask = role === "server";
    this.#sink = sink;
  }

  /** Takes the next chunk, which the parser may write to. Throws the `ProtocolError` of a frame that breaks a rule. */
  receive(chunk: Uint8Array): void {
    let at = 0;
    while (!this.#sink.hasEnded) {
      if (this.#remaining !== undefined) at = this.#receivePayload(chunk, at, this.#remaining);
      else if (at === chunk.length) return;
      else at = this.#receiveHeader(chunk, at);
      if (at === chunk.length && this.#remaining !== 0) return;
    }
  }

  #receivePayload(chunk: Uint8Array, start: number, remaining: number): number {
    const end = Math.min(chunk.length, start + remaining);
    if (this.#expectsMask) {
      applyMask(chunk, start, end, this.#mask);
      this.#mask = rotateMask(this.#mask, end - start);
    }
    const isLast = end - start === remaining;
    this.#remaining = isLast ? undefined : remaining - (end - start);
    this.#sink.takePayload(chunk, start, end, isLast);
    return end;
  }

  #receiveHeader(chunk: Uint8Array, at: number): number {
    const available = chunk.length - at;
    if (this.#partialBytes === 0 && available >= 2) {
      const headerBytes = frameHeaderBytesFromSecond(chunk[at + 1]!);
      if (available >= headerBytes) {
        this.#readHeader(chunk, at);
        return at + headerBytes;
      }
    }
    return this.#collectHeader(chunk, at);
  }

  /** Joins a header byte by byte until it is complete. */
  #collectHeader(chunk: Uint8Array, start: number): number {
    this.#partialHeader ??= new Uint8Array(frameHeaderBytesMax);
    const header = this.#partialHeader;
    let at = start;
    while (at < chunk.length) {
      header[this.#partialBytes++] = chunk[at++]!;
      if (this.#partialBytes >= 2 && this.#partialBytes === frameHeaderBytesFromSecond(header[1]!)) {
        this.#partialBytes = 0;
        this.#readHeader(header, 0);
        return at;
      }
    }
    return at;
  }

  #readHeader(bytes: Uint8Array, at: number): void {
    const second = bytes[at + 1]!;
    if (second >= 0x80 !== this.#expectsMask) {
      throw new ProtocolError(this.#expectsMask ? "WS_UNMASKED_CLIENT_FRAME" : "WS_MASKED_SERVER_FRAME");
    }
    const length = readLength(bytes, at + 1);
    if (this.#expectsMask) this.#mask = readUint32(bytes, at + frameHeaderBytesFromSecond(second) - 4);
    this.#sink.beginFrame(bytes[at]!, length);
    this.#remaining = length;
  }
}

/** The payload length that begins at the header's second byte. Past 2^53 it loses precision, not size. */
function readLength(bytes: Uint8Array, at: number): number {
  const short = bytes[at]! & 0x7f;
  if (short < 126) return short;
  if (short === 126) {
    const length = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (length < 126) throw new ProtocolError("WS_LENGTH_NOT_MINIMAL", { length });
    return length;
  }
  const high = readUint32(bytes, at + 1);
  if (high >= 0x8000_0000) throw new ProtocolError("WS_LENGTH_OUT_OF_RANGE");
  const length = high * 0x1_0000_0000 + readUint32(bytes, at + 5);
  if (length < 65_536) throw new ProtocolError("WS_LENGTH_NOT_MINIMAL", { length });
  return length;
}
