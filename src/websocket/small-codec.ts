import { type Deflater, type Inflater, SmallDeflater, SmallInflater } from "../protocol/index.ts";
import { type CodecOptions, ZlibDeflater, type ZlibDeflaterOptions, ZlibInflater } from "./zlib-codec.ts";

/** Up to these sizes a message takes less time here than in zlib, which gains on it, and finds more to shorten. */
const deflatedBytesMax = 4 * 1024;
const compressedBytesMax = 4 * 1024;
const inflatedBytesMax = 8 * 1024;

/** Where messages of all connections are made, one after another; each is copied from here. */
const deflated: Buffer = Buffer.allocUnsafeSlow(deflatedBytesMax + (deflatedBytesMax >> 3) + 16);
const inflated: Buffer = Buffer.allocUnsafeSlow(inflatedBytesMax);
const smallDeflater = new SmallDeflater(deflatedBytesMax, deflated);
const smallInflater = new SmallInflater(compressedBytesMax, inflated);

/** Deflates small messages in JavaScript and larger ones with zlib. It takes over no context. */
export class SmallFirstDeflater implements Deflater {
  readonly #threshold: number;
  readonly #windowBits: number;
  readonly #zlib: ZlibDeflater;

  constructor(options: ZlibDeflaterOptions) {
    this.#threshold = options.threshold;
    this.#windowBits = options.windowBits;
    this.#zlib = new ZlibDeflater(options);
  }

  deflate(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length > deflatedBytesMax) return this.#zlib.deflate(payload);
    if (payload.length < this.#threshold) return undefined;
    return copyOf(deflated, smallDeflater.deflate(payload, this.#windowBits));
  }
}

/**
 * Inflates small messages in JavaScript. zlib has the larger ones, and the last word on everything that is not plainly a
 * message. It takes over no context.
 */
export class SmallFirstInflater implements Inflater {
  readonly #zlib: ZlibInflater;

  constructor(options: CodecOptions) {
    this.#zlib = new ZlibInflater(options);
  }

  inflate(compressed: Uint8Array, bytesMax: number): Uint8Array | "too-large" | "invalid" {
    const bytes = smallInflater.inflate(compressed, bytesMax);
    return bytes === undefined ? this.#zlib.inflate(compressed, bytesMax) : copyOf(inflated, bytes);
  }
}

function copyOf(made: Buffer, bytes: number): Buffer {
  const copy = Buffer.allocUnsafe(bytes);
  made.copy(copy, 0, 0, bytes);
  return copy;
}
