import { expect, test } from "vitest";
import { isBinaryType, shapeBinary } from "./binary-type.ts";

test("nodebuffer is a Buffer on the received memory", () => {
  const bytes = Uint8Array.of(1, 2, 3).subarray(1);
  const shaped = shapeBinary(bytes, "nodebuffer");
  expect(shaped).toEqual(Buffer.of(2, 3));
  expect((shaped as Buffer).buffer).toBe(bytes.buffer);
  expect(isBinaryType("nodebuffer")).toBe(true);
});

test("a Buffer stays one", () => {
  const bytes = Buffer.of(1);
  expect(shapeBinary(bytes, "nodebuffer")).toBe(bytes);
});
