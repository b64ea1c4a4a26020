import { constants } from "node:buffer";
import { ProtocolError } from "../protocol/index.ts";

// oxlint-disable-next-line typescript/unbound-method -- called on Uint8Arrays, of which not all are Buffers
const { toString } = Buffer.prototype as Buffer;

/** A buffer for a message. Fails as a message over the limit does if there is no memory for it. */
export function allocateMessage(bytes: number): Buffer {
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
