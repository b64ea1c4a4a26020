import { describe, expect, test } from "vitest";
import { isControl, isDefined, Opcode } from "./opcode.ts";

const all = Array.from({ length: 16 }, (_, opcode) => opcode);

describe("opcodes (RFC 6455 §5.2, §11.8)", () => {
  test("have the registry's numbers", () => {
    expect(Opcode).toEqual({ Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 });
  });

  test("six of the sixteen are defined", () => {
    expect(all.filter(isDefined)).toEqual([0, 1, 2, 8, 9, 10]);
  });

  test("those with the high bit are for control frames", () => {
    expect(all.filter(isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });
});
