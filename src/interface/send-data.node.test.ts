import { describe, expect, test } from "vitest";
import { bytesOf, toPayload } from "./send-data.ts";

const memory = Uint8Array.from({ length: 16 }, (_, i) => i).buffer;

describe("what can be sent (Web IDL's BufferSource, Blob or USVString)", () => {
  test.each([
    ["an ArrayBuffer", memory.slice(0, 3), [0, 1, 2]],
    ["a view with an offset", new Uint8Array(memory, 2, 3), [2, 3, 4]],
    ["a view of larger elements", new Uint16Array(memory, 2, 2), [2, 3, 4, 5]],
    ["a DataView", new DataView(memory, 14), [14, 15]],
    ["a Buffer", Buffer.from(memory, 1, 2), [1, 2]],
    ["an empty view", new Float64Array(0), []],
  ])("%s is its bytes, and no others", (_name, data, bytes) => {
    expect([...(toPayload(data) as Uint8Array)]).toEqual(bytes);
  });

  test("a view is not copied", () => {
    expect(bytesOf(new DataView(memory, 4, 8))).toMatchObject({
      buffer: memory,
      byteOffset: 4,
      byteLength: 8,
    });
  });

  test.each([
    ["a number", 4711, "4711"],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["an object", { toString: () => "of its own" }, "of its own"],
    ["an array", [1, [2]], "1,2"],
    ["a bigint", 1n, "1"],
  ])("%s is turned into text", (_name, data, text) => {
    expect(toPayload(data)).toBe(text);
  });

  test("a symbol is a TypeError, as is what has no text", () => {
    expect(() => toPayload(Symbol("s"))).toThrow(TypeError);
    expect(() => toPayload(Object.create(null))).toThrow(TypeError);
  });

  test("a Blob stays one", () => {
    const blob = new Blob(["x"]);
    expect(toPayload(blob)).toBe(blob);
  });

  test.each([
    ["a SharedArrayBuffer", new SharedArrayBuffer(4)],
    ["a view of one", new Uint8Array(new SharedArrayBuffer(4))],
    ["an empty view of one", new DataView(new SharedArrayBuffer(4), 4)],
  ])("%s is a TypeError", (_name, data) => {
    expect(() => toPayload(data)).toThrow(/Shared memory cannot be sent/);
  });

  test("a buffer that was transferred is empty, and so are its views", () => {
    const buffer = new ArrayBuffer(8);
    const views = [new Uint8Array(buffer, 2), new DataView(buffer), new Int32Array(buffer)];
    structuredClone(buffer, { transfer: [buffer] });
    for (const data of [buffer, ...views]) expect(toPayload(data)).toHaveLength(0);
  });
});
