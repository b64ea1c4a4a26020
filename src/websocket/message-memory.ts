import { constants } from "node:buffer";
import { ProtocolError } from "../protocol/index.ts";

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
export function decodeText(bytes: Buffer, start: number, end: number): string {
  try {
    return bytes.toString("utf8", start, end);
  } catch (cause) {
    const facts = { length: end - start, limit: constants.MAX_STRING_LENGTH };
    throw new ProtocolError("WS_MESSAGE_TOO_LARGE", facts, { cause });
  }
}
