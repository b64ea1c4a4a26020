import { constants as bufferConstants } from "node:buffer";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Deflater, Inflater } from "../protocol/index.ts";

/** What RFC 7692 §7.2.1 cuts from the end of a message: an empty stored block without its header bits. */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** zlib makes no stream with a window of 2^8 bytes (it would use 2^9). */
const zlibWindowBitsMin = 9;

/**
 * The most DEFLATE streams in one message: each costs a start of zlib, and two bytes make one. Senders make one, or two
 * where they end a message with a final block (RFC 7692 §7.2.3.4).
 */
const streamsMax = 64;

const noBytes: Buffer = Buffer.alloc(0);

/**
 * The window of context takeover (RFC 7692 §7.2.3.2) after another message. It is given to zlib as a dictionary, so that
 * no zlib stream, with its quarter of a megabyte, lives between messages.
 */
function slide(window: Buffer, message: Uint8Array, windowBits: number): Buffer {
  const bytesMax = 2 ** windowBits;
  if (message.length >= bytesMax) return Buffer.from(message.subarray(-bytesMax));
  return Buffer.concat([window.subarray(-(bytesMax - message.length)), message]);
}

export interface CodecOptions {
  /** 8 to 15. */
  readonly windowBits: number;
  /** Whether messages may refer to earlier ones. */
  readonly takesOverContext: boolean;
}

export interface ZlibDeflaterOptions extends CodecOptions {
  /** Messages below this many bytes are sent as they are. */
  readonly threshold: number;
  /** zlib's compression level, -1 to 9. */
  readonly level: number;
  /** zlib's memory level, 1 to 9. */
  readonly memLevel: number;
}

/** Deflates with Node's zlib, at once. */
export class ZlibDeflater implements Deflater {
  readonly #options: ZlibDeflaterOptions;
  #window = noBytes;

  constructor(options: ZlibDeflaterOptions) {
    this.#options = options;
  }

  /** Undefined for what is not worth it, and where the peer's window is smaller than zlib can keep to. */
  deflate(payload: Uint8Array): Uint8Array | undefined {
    const { threshold, windowBits, level, memLevel, takesOverContext } = this.#options;
    if (payload.length < threshold || windowBits < zlibWindowBitsMin) return undefined;
    const flushed = deflateRawSync(payload, {
      windowBits,
      level,
      memLevel,
      finishFlush: constants.Z_SYNC_FLUSH,
      dictionary: this.#window.length === 0 ? undefined : this.#window,
    });
    if (takesOverContext) this.#window = slide(this.#window, payload, windowBits);
    return flushed.subarray(0, flushed.length - tail.length);
  }
}

/** Inflates with Node's zlib, at once, and never more than the caller's limit. */
export class ZlibInflater implements Inflater {
  readonly #options: CodecOptions;
  #window = noBytes;

  constructor(options: CodecOptions) {
    this.#options = options;
  }

  inflate(compressed: Uint8Array, bytesMax: number): Uint8Array | "too-large" | "invalid" {
    const { windowBits, takesOverContext } = this.#options;
    const input = Buffer.concat([compressed, tail]);
    const parts: Buffer[] = [];
    let window = this.#window;
    let room = bytesMax;
    // A block marked as the last ends zlib's stream; RFC 7692 §7.2.3.4 lets more follow it.
    for (let at = 0; at < input.length; ) {
      if (parts.length === streamsMax) return "invalid";
      const stream = inflateStream(input.subarray(at), window, room);
      if (typeof stream === "string") return stream;
      parts.push(stream.output);
      at += stream.consumed;
      room -= stream.output.length;
      if (takesOverContext || at < input.length) window = slide(window, stream.output, windowBits);
    }
    if (takesOverContext) this.#window = window;
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}

/** Inflates up to the end of the input or of a DEFLATE stream, whichever comes first. */
function inflateStream(
  input: Buffer,
  window: Buffer,
  bytesMax: number,
): { output: Buffer; consumed: number } | "too-large" | "invalid" {
  try {
    // `info` adds the engine, which knows how much it read; the types do not know of it.
    const { buffer, engine } = inflateRawSync(input, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(1, Math.min(bytesMax, bufferConstants.MAX_LENGTH)),
      dictionary: window.length === 0 ? undefined : window,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return buffer.length > bytesMax ? "too-large" : { output: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "invalid";
  }
}
