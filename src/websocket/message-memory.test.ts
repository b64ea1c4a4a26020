import { constants } from "node:buffer";
import { expect, test } from "vitest";
import { allocateMessage, decodeText } from "./message-memory.ts";

const tooLarge = expect.objectContaining({ code: "WS_MESSAGE_TOO_LARGE", closeCode: 1009 }) as Error;

test("text is decoded from its range, with what UTF-8 makes of it", () => {
  expect(decodeText(Buffer.from("<€>"), 1, 4)).toBe("€");
});

test("text that no string can hold fails like a message over the limit", () => {
  // Zeros that nobody has written take no memory.
  const bytes = Buffer.alloc(constants.MAX_STRING_LENGTH + 1);
  expect(() => decodeText(bytes, 0, bytes.length)).toThrow(tooLarge);
});

test("a buffer for a message has its size", () => {
  expect(allocateMessage(1000).buffer.byteLength).toBe(1000);
});

test("a buffer that there is no memory for fails like a message over the limit", () => {
  expect(() => allocateMessage(2 ** 52)).toThrow(tooLarge);
});
