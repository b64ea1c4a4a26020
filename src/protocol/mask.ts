/**
 * Masking (RFC 6455 §5.3). A mask is held as a 32-bit integer whose most significant byte is the first on the wire.
 *
 * Creating a typed-array view costs about as much as masking 48 bytes one by one, and 64-bit words pay for
 * themselves from about 400 bytes, hence the three ways.
 */
const bytewiseMax = 48;
const wordwiseMax = 400;

/** The highest bit of each byte of a word; ASCII has none set. */
const highBits = 0x80_80_80_80;

const scratch = new Uint8Array(8);
const scratch32 = new Int32Array(scratch.buffer);
const scratch64 = new BigUint64Array(scratch.buffer);

/** Turns a mask so that its first byte is the one that stands `count` bytes later. */
export function rotateMask(mask: number, count: number): number {
  const bits = (count & 3) << 3;
  return (mask << bits) | (mask >>> (32 - bits));
}

/**
 * Masks or unmasks `bytes[start, end)` in place; the mask's first byte falls on `start`. Returns whether the result is
 * ASCII, which costs nothing to see on the way; a long one, for which that is not so, is not looked at.
 */
// oxlint-disable-next-line max-params -- on the hot path a range is two numbers, not an object
export function applyMask(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  if (end - start < bytewiseMax) return maskBytes(bytes, start, end, mask) < 0x80;
  return maskWords(bytes, start, end, mask);
}

/** Returns all bits that are set in any byte of the result. */
// oxlint-disable-next-line max-params -- as above
function maskBytes(bytes: Uint8Array, start: number, end: number, mask: number): number {
  let key = mask;
  let bits = 0;
  for (let at = start; at < end; at++) {
    // The index is in range; `!` only tells the compiler so.
    const byte = bytes[at]! ^ (key >>> 24);
    bytes[at] = byte;
    bits |= byte;
    key = (key << 8) | (key >>> 24);
  }
  return bits;
}

// oxlint-disable-next-line max-params -- as above
function maskWords(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  const wordBytes = end - start < wordwiseMax ? 4 : 8;
  const unaligned = (bytes.byteOffset + start) & (wordBytes - 1);
  const wordsFrom = unaligned === 0 ? start : start + wordBytes - unaligned;
  const wordCount = Math.floor((end - wordsFrom) / wordBytes);
  const wordsTo = wordsFrom + wordCount * wordBytes;
  let bits = maskBytes(bytes, start, wordsFrom, mask);
  const aligned = rotateMask(mask, wordsFrom - start);
  // Through memory, so that the words come out right whatever the machine's byte order is.
  for (let i = 0; i < 8; i++) scratch[i] = rotateMask(aligned, i) >>> 24;
  if (wordBytes === 4) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + wordsFrom, wordCount);
    const key = scratch32[0]!;
    for (let i = 0; i < wordCount; i++) {
      const word = words[i]! ^ key;
      words[i] = word;
      bits |= word;
    }
  } else {
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + wordsFrom, wordCount);
    const key = scratch64[0]!;
    for (let i = 0; i < wordCount; i++) words[i] = words[i]! ^ key;
  }
  bits |= maskBytes(bytes, wordsTo, end, aligned);
  return wordBytes === 4 && (bits & highBits) === 0;
}
