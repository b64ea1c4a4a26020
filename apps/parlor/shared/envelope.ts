import { ROOM_LIMITS } from "./room-limits.ts";

/**
 * What a binary message of the room carries: a JSON header that says what the bytes behind it are.
 *
 *     | header length, 4 bytes, big-endian | header, JSON in UTF-8 | body, the rest |
 */
export interface Envelope {
  /** Whatever the JSON held: it came from the network, so its reader checks it. */
  header: unknown;
  /** A view of the message, not a copy. */
  body: Uint8Array<ArrayBuffer>;
}

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Throws `RangeError` if the header is longer than `envelopeHeaderBytesMax`, as nobody would take it. */
export function encodeEnvelope(header: object, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const headerBytes = encoder.encode(JSON.stringify(header));
  if (headerBytes.length > ROOM_LIMITS.envelopeHeaderBytesMax) {
    throw new RangeError(
      `Envelope header is ${headerBytes.length} bytes, limit is ${ROOM_LIMITS.envelopeHeaderBytesMax}`,
    );
  }
  const message = new Uint8Array(LENGTH_BYTES + headerBytes.length + body.length);
  new DataView(message.buffer).setUint32(0, headerBytes.length);
  message.set(headerBytes, LENGTH_BYTES);
  message.set(body, LENGTH_BYTES + headerBytes.length);
  return message;
}

/** Null for bytes that are no envelope: too short, a header past its limit or the end, no UTF-8, no JSON. */
export function decodeEnvelope(message: Uint8Array<ArrayBuffer>): Envelope | null {
  if (message.length < LENGTH_BYTES) return null;
  const headerLength = new DataView(message.buffer, message.byteOffset).getUint32(0);
  const bodyStart = LENGTH_BYTES + headerLength;
  if (headerLength > ROOM_LIMITS.envelopeHeaderBytesMax || bodyStart > message.length) return null;
  try {
    const header: unknown = JSON.parse(decoder.decode(message.subarray(LENGTH_BYTES, bodyStart)));
    return { header, body: message.subarray(bodyStart) };
  } catch {
    return null;
  }
}
