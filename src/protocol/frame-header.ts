/** Frame headers as bytes (RFC 6455 §5.2). */

/** The first bit of a frame's first byte: the message's last fragment. */
export const FIN = 0x80;
/** The first reserved bit: a compressed message, where permessage-deflate was agreed (RFC 7692 §6). */
export const RSV1 = 0x40;

/** The most bytes that a header takes: 2, a length of 8, a mask of 4. */
export const frameHeaderBytesMax = 14;

/** The header's size in bytes for a payload of `length` bytes. */
export function frameHeaderBytes(length: number, masked: boolean): number {
  const mask = masked ? 4 : 0;
  if (length < 126) return 2 + mask;
  return (length < 65_536 ? 4 : 10) + mask;
}

/** The header's size by its second byte, which holds the mask bit and the short length. */
export function frameHeaderBytesFromSecond(second: number): number {
  const short = second & 0x7f;
  const length = short < 126 ? 2 : short === 126 ? 4 : 10;
  return second >= 0x80 ? length + 4 : length;
}

/**
 * Writes a header at `at` and returns where the payload begins. `first` is FIN, RSV bits and opcode; `mask` is
 * undefined for a server's frame. Lengths take the fewest bytes, as §5.2 demands.
 */
// oxlint-disable-next-line max-params -- per frame: an object would be allocated for each
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  first: number,
  length: number,
  mask: number | undefined,
): number {
  const maskBit = mask === undefined ? 0 : 0x80;
  let next = at;
  target[next++] = first;
  if (length < 126) {
    target[next++] = maskBit | length;
  } else if (length < 65_536) {
    target[next++] = maskBit | 126;
    target[next++] = length >>> 8;
    target[next++] = length;
  } else {
    target[next++] = maskBit | 127;
    next = writeUint32(target, next, Math.floor(length / 0x1_0000_0000));
    next = writeUint32(target, next, length);
  }
  return mask === undefined ? next : writeUint32(target, next, mask);
}

function writeUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
  return at + 4;
}

/** The 32 bits at `at`, as an unsigned number. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0;
}

/** The 32 bits at `at`, as a signed number, as a mask is: it takes no memory of its own where it is kept. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
