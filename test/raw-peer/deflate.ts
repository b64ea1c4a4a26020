import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** permessage-deflate for the peer in tests, message by message (RFC 7692 §7.2). */
export interface DeflateSetting {
  /** The window's base-2 logarithm; default 15. */
  windowBits?: number;
  /** The messages before this one, where the window is taken over. */
  history?: Uint8Array;
}

const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

export function deflate(
  payload: Uint8Array | string,
  { windowBits = 15, history }: DeflateSetting = {},
): Buffer {
  const options = { windowBits, level: 9, finishFlush: constants.Z_SYNC_FLUSH };
  const data = deflateRawSync(payload, history === undefined ? options : { ...options, dictionary: history });
  return data.subarray(0, -4);
}

/**
 * Inflates a payload as a peer with that window must be able to; a reference further back throws. The output comes in
 * small pieces, as zlib looks further back than its window for as long as the output lies in one piece.
 */
export function inflate(payload: Uint8Array, { windowBits = 15, history }: DeflateSetting = {}): Buffer {
  const options = { windowBits, chunkSize: 64, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = Buffer.concat([payload, tail]);
  return inflateRawSync(whole, history === undefined ? options : { ...options, dictionary: history });
}
