import { constants } from "node:buffer";
import { ProtocolError } from "../protocol/index.ts";
import { websocketLimits } from "./limits.ts";

// oxlint-disable-next-line typescript/unbound-method -- called on Uint8Arrays, of which not all are Buffers
const { toString } = Buffer.prototype as Buffer;

/** What Node reads at most at once. */
const chunkBytes = 64 * 1024;
const spareChunks: ArrayBuffer[] = [];

/** Takes memory that nobody uses any more: messages that fill at least half of it may get it. */
export function recycle(memory: ArrayBuffer): void {
  // Whoever still held it would find it empty, rather than with bytes of a message that is not its own.
  if (memory.byteLength === chunkBytes && spareChunks.length < websocketLimits.spareChunksMax.default)
    spareChunks.push(memory.transfer());
  else memory.transfer(0);
}

/** A buffer for a message. Fails as a message over the limit does if there is no memory for it. */
export function allocateMessage(bytes: number): Buffer {
  const spare = bytes > chunkBytes || bytes < chunkBytes / 2 ? undefined : spareChunks.pop();
  if (spare !== undefined) return Buffer.from(spare, 0, bytes);
  try {
    return Buffer.allocUnsafeSlow(bytes);
  } catch (cause) {
    throw new ProtocolError(
      "WS_MESSAGE_TOO_LARGE",
      { length: bytes, limit: constants.MAX_LENGTH },
      { cause },
    );
  }
}

/** Takes back a buffer of `allocateMessage` that nobody has seen. */
export function freeMessage(buffer: Uint8Array): void {
  recycle(buffer.buffer as ArrayBuffer);
}

/** The text in `[start, end)`. Fails as a message over the limit does if no string can be so long. */
// oxlint-disable-next-line max-params -- per message: an object would be allocated for each
export function decodeText(bytes: Uint8Array, start: number, end: number, isAscii = false): string {
  try {
    return toString.call(bytes, isAscii ? "latin1" : "utf8", start, end);
  } catch (cause) {
    const facts = { length: end - start, limit: constants.MAX_STRING_LENGTH };
    throw new ProtocolError("WS_MESSAGE_TOO_LARGE", facts, { cause });
  }
}
