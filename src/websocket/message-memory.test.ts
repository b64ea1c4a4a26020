import { constants } from "node:buffer";
import { expect, test } from "vitest";
import { allocateMessage, decodeText, freeMessage, recycle } from "./message-memory.ts";

const tooLarge = expect.objectContaining({ code: "WS_MESSAGE_TOO_LARGE", closeCode: 1009 }) as Error;

test("text is decoded from its range, with what UTF-8 makes of it", () => {
  expect(decodeText(Buffer.from("<€>"), 1, 4)).toBe("€");
});

test("text that is known to be ASCII is decoded to the same", () => {
  expect(decodeText(Buffer.from("<plain>"), 1, 6, true)).toBe("plain");
});

test("text that no string can hold fails like a message over the limit", () => {
  // Zeros that nobody has written take no memory.
  const bytes = Buffer.alloc(constants.MAX_STRING_LENGTH + 1);
  expect(() => decodeText(bytes, 0, bytes.length)).toThrow(tooLarge);
});

test("a buffer for a message has its size", () => {
  expect(allocateMessage(1000).buffer.byteLength).toBe(1000);
});

test("memory of a chunk goes to messages that fill half of it, and at most eight chunks are kept", () => {
  const chunks = Array.from({ length: 10 }, () => new ArrayBuffer(64 * 1024));
  for (const chunk of chunks) recycle(chunk);
  expect(chunks.map((chunk) => chunk.byteLength)).toEqual(chunks.map(() => 0));
  expect(allocateMessage(32 * 1024 - 1).buffer.byteLength).toBe(32 * 1024 - 1);
  expect(allocateMessage(64 * 1024 + 1).buffer.byteLength).toBe(64 * 1024 + 1);
  const messages = Array.from({ length: 10 }, () => allocateMessage(40_000));
  expect(messages.map(({ length }) => length)).toEqual(messages.map(() => 40_000));
  expect(messages.filter(({ buffer }) => buffer.byteLength === 64 * 1024)).toHaveLength(8);
  expect(new Set(messages.map(({ buffer }) => buffer)).size).toBe(10);
});

test("a buffer that has become too small for its message gives its memory back", () => {
  const buffer = allocateMessage(100_000);
  freeMessage(buffer);
  expect(buffer).toHaveLength(0);
});

test("a buffer that there is no memory for fails like a message over the limit", () => {
  expect(() => allocateMessage(2 ** 52)).toThrow(tooLarge);
});
