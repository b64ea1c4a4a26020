import { ProtocolError } from "./errors.ts";
import { frameHeaderBytesFromSecond, frameHeaderBytesMax, readInt32, readUint32 } from "./frame-header.ts";
import { applyMask, rotateMask } from "./mask.ts";
import type { Role } from "./role.ts";

/** Takes frames from a `FrameParser`. It may throw `ProtocolError`. */
export interface FrameSink {
  /** No more input is wanted: what follows a Close frame or a failure is not read (RFC 6455 §5.5.1, §7.1.7). */
  readonly hasEnded: boolean;
  /**
   * A frame that lies in one chunk whole, unmasked. `first` is FIN, RSV bits and opcode. `isAscii` says that the
   * payload is ASCII, where that was seen in passing: false means that it may still be.
   */
  takeFrame(first: number, bytes: Uint8Array, start: number, end: number, isAscii: boolean): void;
  /** The header of a frame that chunks have cut was read. */
  beginFrame(first: number, length: number): void;
  /** The next piece of its payload, unmasked; `isLast` with the one that completes it (which may be empty). */
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
  /** Payload bytes that are still to come of a frame that chunks have cut; undefined between frames. */
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
    if (this.#remaining !== undefined && !this.#sink.hasEnded) {
      at = this.#receivePayload(chunk, at, this.#remaining);
    }
    while (at < chunk.length && !this.#sink.hasEnded) at = this.#receiveFrame(chunk, at);
  }

  /** Takes the frame that begins at `at`, or what the chunk has of it, and returns where that ends. */
  #receiveFrame(chunk: Uint8Array, at: number): number {
    const available = chunk.length - at;
    if (this.#partialBytes > 0 || available < 2) return this.#collectHeader(chunk, at);
    const headerBytes = frameHeaderBytesFromSecond(chunk[at + 1]!);
    if (available < headerBytes) return this.#collectHeader(chunk, at);
    const length = this.#readHeader(chunk, at);
    const start = at + headerBytes;
    const end = start + length;
    if (end > chunk.length) return this.#beginFrame(chunk, start, { first: chunk[at]!, length });
    const isAscii = this.#expectsMask && applyMask(chunk, start, end, this.#mask);
    this.#sink.takeFrame(chunk[at]!, chunk, start, end, isAscii);
    return end;
  }

  /** Joins a header byte by byte until it is complete. */
  #collectHeader(chunk: Uint8Array, start: number): number {
    this.#partialHeader ??= new Uint8Array(frameHeaderBytesMax);
    const header = this.#partialHeader;
    let at = start;
    while (at < chunk.length) {
      header[this.#partialBytes++] = chunk[at++]!;
      if (this.#partialBytes >= 2 && this.#partialBytes === frameHeaderBytesFromSecond(header[1]!)) {
        this.#partialHeader = undefined;
        this.#partialBytes = 0;
        return this.#beginFrame(chunk, at, { first: header[0]!, length: this.#readHeader(header, 0) });
      }
    }
    return at;
  }

  #beginFrame(chunk: Uint8Array, start: number, header: { first: number; length: number }): number {
    this.#sink.beginFrame(header.first, header.length);
    this.#remaining = header.length;
    // A payload that comes in the next chunk whole is to be handed on as one piece, which it is not after an empty one.
    if (start === chunk.length && header.length > 0) return start;
    return this.#receivePayload(chunk, start, header.length);
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

  /** Checks the header that lies at `at` whole, notes its mask and returns its length. */
  #readHeader(bytes: Uint8Array, at: number): number {
    const second = bytes[at + 1]!;
    if (second >= 0x80 !== this.#expectsMask) {
      throw new ProtocolError(this.#expectsMask ? "WS_UNMASKED_CLIENT_FRAME" : "WS_MASKED_SERVER_FRAME");
    }
    if (this.#expectsMask) this.#mask = readInt32(bytes, at + frameHeaderBytesFromSecond(second) - 4);
    return readLength(bytes, at + 1);
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
