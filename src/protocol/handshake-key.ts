/** Takes text to the base64 of its SHA-1 hash; what `crypto` offers is handed in. */
export type Sha1Base64 = (text: string) => string;

const keyGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const nonceBytes = 16;

// The last character before the padding holds 4 bits that no byte uses. RFC 6455 §4.1 shows a key where they are not 0.
const keyPattern = /^[A-Za-z0-9+/]{22}==$/;

/** Whether `text` is base64 of 16 bytes, as `Sec-WebSocket-Key` must be (RFC 6455 §4.2.1). */
export function isHandshakeKey(text: string): boolean {
  return keyPattern.test(text);
}

/** A key for one handshake, from 16 random bytes that serve no other (RFC 6455 §4.1). */
export function makeHandshakeKey(nonce: Uint8Array, base64: (bytes: Uint8Array) => string): string {
  if (nonce.length !== nonceBytes) {
    throw new RangeError(`The nonce has ${nonce.length} bytes, ${nonceBytes} are needed`);
  }
  return base64(nonce);
}

/** The `Sec-WebSocket-Accept` that proves that the key has been read (RFC 6455 §4.2.2). */
export function acceptFor(key: string, sha1Base64: Sha1Base64): string {
  return sha1Base64(key + keyGuid);
}
