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

const noBytes = new Uint8Array(0);

/**
 * Cuts a byte stream into frames (RFC 6455 §5.2), wherever its chunks are cut. Payloads are unmasked in the chunk
 * and handed on as ranges of it; a header is copied only if a chunk ends inside it.
 */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #expectsMask: boolean;
  /** What is here of a header that a chunk has cut. */
  #header: Uint8Array = noBytes;
  /** Payload bytes that are still to come of a frame that a chunk has cut, and the mask that goes on with them. */
  #remaining = 0;
  #mask = 0;

  /** `role` is our own: a server's parser expects masked frames. */
  constructor(role: Role, sink: FrameSink) {
    this.#expectsMask = role === "server";
    this.#sink = sink;
  }

  /** Takes the next chunk, which the parser may write to. Throws the `ProtocolError` of a frame that breaks a rule. */
  receive(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#sink.hasEnded) {
      if (this.#remaining > 0) at = this.#receivePayload(chunk, at);
      else if (this.#header.length > 0) at = this.#completeHeader(chunk);
      else at = this.#receiveFrame(chunk, at);
    }
  }

  /** Takes the frame that begins at `at`, or its header if the rest is yet to come, and returns where that ends. */
  #receiveFrame(chunk: Uint8Array, at: number): number {
    const start = payloadStart(chunk, at);
    if (start > chunk.length) {
      // A copy, as the chunk's memory may be used again; `slice` of Node's Buffer would make none.
      this.#header = Uint8Array.from(chunk.subarray(at));
      return chunk.length;
    }
    const end = start + this.#readLength(chunk, at + 1);
    if (end > chunk.length) {
      this.#beginFrame(chunk.subarray(at, start));
      return start;
    }
    const isAscii = this.#expectsMask && applyMask(chunk, start, end, readInt32(chunk, start - 4));
    this.#sink.takeFrame(chunk[at]!, chunk, start, end, isAscii);
    return end;
  }

  #completeHeader(chunk: Uint8Array): number {
    const known = this.#header.length;
    const header = new Uint8Array(Math.min(frameHeaderBytesMax, known + chunk.length));
    header.set(this.#header);
    header.set(chunk.subarray(0, header.length - known), known);
    const start = payloadStart(header, 0);
    if (start > header.length) {
      this.#header = header;
      return chunk.length;
    }
    this.#header = noBytes;
    this.#beginFrame(header.subarray(0, start));
    return start - known;
  }

  #beginFrame(header: Uint8Array): void {
    const length = this.#readLength(header, 1);
    if (this.#expectsMask) this.#mask = readInt32(header, header.length - 4);
    this.#sink.beginFrame(header[0]!, length);
    this.#remaining = length;
    if (length === 0) this.#sink.takePayload(noBytes, 0, 0, true);
  }

  #receivePayload(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.#remaining);
    if (this.#expectsMask) {
      applyMask(chunk, start, end, this.#mask);
      this.#mask = rotateMask(this.#mask, end - start);
    }
    this.#remaining -= end - start;
    this.#sink.takePayload(chunk, start, end, this.#remaining === 0);
    return end;
  }

  /** The payload's length by the header whose second byte is at `at`, whose mask bit must be as our role demands. */
  #readLength(bytes: Uint8Array, at: number): number {
    if (bytes[at]! >= 0x80 !== this.#expectsMask) {
      throw new ProtocolError(this.#expectsMask ? "WS_UNMASKED_CLIENT_FRAME" : "WS_MASKED_SERVER_FRAME");
    }
    return readLength(bytes, at);
  }
}

/** Where the payload begins of the frame that begins at `at`: past the end if its header is not here whole. */
function payloadStart(bytes: Uint8Array, at: number): number {
  return at + (at + 2 > bytes.length ? 2 : frameHeaderBytesFromSecond(bytes[at + 1]!));
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
