import { expect, test } from "vitest";
import {
  distanceBases,
  distanceExtraBits,
  distanceSymbol,
  lengthBases,
  lengthExtraBits,
  lengthSymbol,
} from "./small-deflate-symbols.ts";

test("lengths have the symbols of RFC 1951 §3.2.5", () => {
  const rows = [
    [3, 257, 0],
    [10, 264, 0],
    [11, 265, 1],
    [12, 265, 1],
    [13, 266, 1],
    [18, 268, 1],
    [19, 269, 2],
    [114, 279, 4],
    [115, 280, 4],
    [131, 281, 5],
    [257, 284, 5],
    [258, 285, 0],
  ] as const;
  for (const [length, symbol, extraBits] of rows) {
    expect([length, lengthSymbol(length)]).toEqual([length, symbol]);
    expect([length, lengthExtraBits[symbol - 257]]).toEqual([length, extraBits]);
  }
});

test("distances have the symbols of RFC 1951 §3.2.5", () => {
  const rows = [
    [1, 0, 0],
    [4, 3, 0],
    [5, 4, 1],
    [6, 4, 1],
    [7, 5, 1],
    [96, 12, 5],
    [97, 13, 5],
    [257, 16, 7],
    [8192, 25, 11],
    [24_577, 29, 13],
    [32_768, 29, 13],
  ] as const;
  for (const [distance, symbol, extraBits] of rows) {
    expect([distance, distanceSymbol(distance)]).toEqual([distance, symbol]);
    expect([distance, distanceExtraBits[symbol]]).toEqual([distance, extraBits]);
  }
});

test("a symbol's base and extra bits reach up to the next one's base", () => {
  for (let length = 3; length < 258; length++) {
    const index = lengthSymbol(length) - 257;
    const extra = length - lengthBases[index]!;
    expect([length, extra >= 0 && extra < 1 << lengthExtraBits[index]!]).toEqual([length, true]);
  }
  for (let distance = 1; distance <= 32_768; distance++) {
    const symbol = distanceSymbol(distance);
    const extra = distance - distanceBases[symbol]!;
    if (extra < 0 || extra >= 1 << distanceExtraBits[symbol]!) expect.fail(`distance ${distance}`);
  }
});
