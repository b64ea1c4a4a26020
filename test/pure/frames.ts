/**
 * Frames and receivers for tests that run in a browser, too: no Node, and apart from `src/protocol`, so that a mistake
 * there does not cancel out here.
 */

export const FIN = 0x80;
export const key = new Uint8Array([0x11, 0xa2, 0x33, 0xc4]);

/** `first` is FIN, RSV bits and opcode. Masked with `mask` if it is given. */
export function frame(first: number, payload: Uint8Array | string = "", mask?: Uint8Array): Uint8Array {
  const body = typeof payload === "string" ? utf8(payload) : payload;
  const { length } = body;
  const extended = length < 126 ? [] : length < 65_536 ? bigEndian(length, 2) : bigEndian(length, 8);
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const masked = mask === undefined ? body : body.map((byte, i) => byte ^ mask[i % 4]!);
  return concat([first, (mask === undefined ? 0 : 0x80) | short, ...extended, ...(mask ?? [])], masked);
}

export function closeFrame(code: number, reason: Uint8Array | string = ""): Uint8Array {
  return frame(0x88, concat(bigEndian(code, 2), typeof reason === "string" ? utf8(reason) : reason));
}

export function bigEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);
}

export function concat(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => Array.from(part)));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
}

/** Each byte as a chunk of its own. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => new Uint8Array([byte]));
}
