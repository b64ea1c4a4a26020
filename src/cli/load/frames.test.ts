import { expect, test } from "vitest";
import { encodeClientFrame, encodeServerFrame, inflate, readServerFrame } from "./frames.ts";

test.each([0, 125, 126, 65_535, 65_536])("a server's frame of %i bytes is read as it was written", (size) => {
  const payload = Buffer.alloc(size, "x");
  const frame = encodeServerFrame({ payload, opcode: 2 });
  expect(readServerFrame(frame)).toEqual({ opcode: 2, payload, length: frame.length });
  expect(readServerFrame(frame.subarray(0, -1))).toBeNull();
});

test("a client's frame is masked, and no byte of its mask is zero", () => {
  for (let i = 0; i < 200; i++) {
    const frame = encodeClientFrame({ payload: Buffer.from("abcd"), opcode: 1 });
    const mask = frame.subarray(2, 6);
    expect(mask.includes(0)).toBe(false);
    expect(Buffer.from(frame.subarray(6)).map((byte, at) => byte ^ mask.readUInt8(at))).toEqual(
      Buffer.from("abcd"),
    );
  }
});

test("a compressed message is inflated, up to a limit", () => {
  const sent = encodeClientFrame({ payload: Buffer.from("aaaaaaaaaaaa"), opcode: 1, compressed: true });
  const body = Buffer.from(sent.subarray(6).map((byte, i) => byte ^ sent.readUInt8(2 + (i & 3))));
  expect(sent.readUInt8(0)).toBe(0xc1);
  expect(inflate(body, 12).toString()).toBe("aaaaaaaaaaaa");
  expect(() => inflate(body, 11)).toThrow("larger than 11 bytes");
});

test("a masked frame from a server is an error", () => {
  expect(() => readServerFrame(encodeClientFrame({ payload: Buffer.alloc(1), opcode: 1 }))).toThrow("masked");
});
