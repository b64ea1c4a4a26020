import { describe, expect, test } from "vitest";
import {
  FIN,
  frameHeaderBytes,
  frameHeaderBytesFromSecond,
  frameHeaderBytesMax,
  readInt32,
  readUint32,
  RSV1,
  writeFrameHeader,
} from "./frame-header.ts";

/** Payload length and the header without a mask, for a first byte of 0x82. */
const headers: [length: number, header: number[]][] = [
  [0, [0x82, 0]],
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  [2 ** 31, [0x82, 127, 0, 0, 0, 0, 0x80, 0, 0, 0]],
  [2 ** 32, [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]],
  [2 ** 53 - 1, [0x82, 127, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
];

const mask = 0xfe_dc_ba_98 | 0;

function written(length: number, withMask?: number): Uint8Array {
  const target = new Uint8Array(2 + frameHeaderBytesMax);
  const end = writeFrameHeader(target, 2, 0x82, length, withMask);
  return target.subarray(2, end);
}

describe("a frame's header (RFC 6455 §5.2)", () => {
  test.each(headers)("for %d bytes has the length in the fewest bytes", (length, header) => {
    expect([...written(length)]).toEqual(header);
  });

  test.each(headers)("for %d masked bytes has the mask bit, and the mask at its end", (length, header) => {
    const [first, second, ...rest] = header;
    expect([...written(length, mask)]).toEqual([first, second! | 0x80, ...rest, 0xfe, 0xdc, 0xba, 0x98]);
  });

  test.each(headers)("its size for %d bytes is known before and from its second byte", (length, header) => {
    expect(frameHeaderBytes(length, false)).toBe(header.length);
    expect(frameHeaderBytes(length, true)).toBe(header.length + 4);
    expect(frameHeaderBytesFromSecond(header[1]!)).toBe(header.length);
    expect(frameHeaderBytesFromSecond(header[1]! | 0x80)).toBe(header.length + 4);
  });

  test("takes 14 bytes at most", () => {
    expect(frameHeaderBytesMax).toBe(frameHeaderBytes(Number.MAX_SAFE_INTEGER, true));
  });

  test("has FIN and RSV1 as the highest bits of its first byte", () => {
    expect([FIN, RSV1]).toEqual([0b1000_0000, 0b0100_0000]);
  });

  test("numbers with the highest bit set are read as positive, masks as they are combined", () => {
    const bytes = new Uint8Array([0, 0xff, 0xfe, 0xfd, 0xfc]);
    expect(readUint32(bytes, 1)).toBe(0xff_fe_fd_fc);
    expect(readInt32(bytes, 1)).toBe(0xff_fe_fd_fc | 0);
  });
});
