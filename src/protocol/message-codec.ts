/**
 * Inflates one message's DEFLATE data, without the tail that RFC 7692 §7.2.1 removes. It never makes more than
 * `bytesMax` bytes: it stops while inflating and says "too-large". Data that is no DEFLATE stream is "invalid".
 */
export interface Inflater {
  inflate(compressed: Uint8Array, bytesMax: number): Uint8Array | "too-large" | "invalid";
}

/** Deflates one message and removes the tail (RFC 7692 §7.2.1); undefined if it chooses not to compress. */
export interface Deflater {
  deflate(payload: Uint8Array): Uint8Array | undefined;
}
