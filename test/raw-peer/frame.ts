/**
 * RFC 6455 §5.2 frames for the peer in tests. It is written apart from `src/protocol` on purpose: a mistake there
 * must not cancel out here. It writes wrong frames as readily as right ones.
 */

export interface FrameSpec {
  opcode: number;
  payload?: Uint8Array | string;
  /** Default true. */
  fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  rsv?: number;
  /** The masking key, 4 bytes; none for an unmasked frame. */
  mask?: Uint8Array | undefined;
  /** Writes the length in so many bits, whether or not it takes them. */
  lengthBits?: 7 | 16 | 64;
  /** Lies about the length: any 64-bit number, written in `lengthBits`. */
  declaredLength?: bigint;
}

export interface Frame {
  fin: boolean;
  rsv: number;
  opcode: number;
  mask: Buffer | undefined;
  lengthBits: 7 | 16 | 64;
  /** Unmasked. */
  payload: Buffer;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export function encodeFrame(spec: FrameSpec): Buffer {
  const payload = Buffer.from(spec.payload ?? "");
  const length = spec.declaredLength ?? BigInt(payload.length);
  const bits = spec.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const first = ((spec.fin ?? true) ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode;
  const maskBit = spec.mask === undefined ? 0 : 0x80;
  const short = bits === 7 ? Number(length) : bits === 16 ? 126 : 127;
  const extended = Buffer.alloc(bits === 7 ? 0 : bits / 8);
  if (bits === 16) extended.writeUInt16BE(Number(length));
  if (bits === 64) extended.writeBigUInt64BE(BigInt.asUintN(64, length));
  return Buffer.concat([
    Buffer.from([first, maskBit | short]),
    extended,
    spec.mask ?? Buffer.alloc(0),
    spec.mask === undefined ? payload : xor(payload, spec.mask),
  ]);
}

/** The first frame in `bytes` and how many bytes it takes; undefined while it is incomplete. */
export function decodeFrame(bytes: Buffer): { frame: Frame; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const lengthBits = short === 126 ? 16 : short === 127 ? 64 : 7;
  const maskAt = lengthBits === 7 ? 2 : 2 + lengthBits / 8;
  const payloadAt = bytes[1]! >= 0x80 ? maskAt + 4 : maskAt;
  if (bytes.length < payloadAt) return undefined;
  const length =
    lengthBits === 7 ? short : lengthBits === 16 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < payloadAt + length) return undefined;
  const mask = payloadAt === maskAt ? undefined : Buffer.from(bytes.subarray(maskAt, payloadAt));
  const body = bytes.subarray(payloadAt, payloadAt + length);
  const frame: Frame = {
    fin: bytes[0]! >= 0x80,
    rsv: (bytes[0]! >> 4) & 7,
    opcode: bytes[0]! & 15,
    mask,
    lengthBits,
    payload: mask === undefined ? Buffer.from(body) : xor(body, mask),
  };
  return { frame, size: payloadAt + length };
}

/** The body of a Close frame. */
export function closeBody(code: number, reason: string | Uint8Array = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

function xor(bytes: Uint8Array, mask: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, i) => byte ^ mask[i % 4]!));
}
