import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame } from "../raw-peer/frame.ts";
import { EventLog, newReceiver } from "./received-events.ts";
import { cut, cutPlaces, roles } from "./streams.ts";

const numRuns = 10_000;
const timeout = 60_000;

/** Bytes that are nearly UTF-8: whole characters, lead bytes of every kind, and the edges of their ranges. */
const nearlyUtf8 = fc
  .array(
    fc.oneof(
      fc
        .string({ unit: "binary", minLength: 1, maxLength: 3 })
        .map((string) => new TextEncoder().encode(string)),
      fc
        .constantFrom(0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff)
        .map((byte) => Uint8Array.of(byte)),
      fc
        .constantFrom(
          [0xe0, 0x9f],
          [0xe0, 0xa0],
          [0xed, 0x9f],
          [0xed, 0xa0],
          [0xf0, 0x8f],
          [0xf0, 0x90],
          [0xf4, 0x8f],
          [0xf4, 0x90],
        )
        .map((pair) => Uint8Array.from(pair)),
      fc.uint8Array({ minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece])));

function isUtf8(bytes: Uint8Array, isUnfinished = false): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isUnfinished });
    return true;
  } catch {
    return false;
  }
}

describe.each(roles)("a %s's receiver", (role) => {
  const encode = (payload: Uint8Array, opcode: number, fin: boolean) =>
    encodeFrame({ opcode, fin, payload, mask: role === "server" ? Uint8Array.of(9, 8, 7, 6) : undefined });

  test("takes as text exactly what TextDecoder takes", { timeout }, () => {
    const property = fc.property(nearlyUtf8, cutPlaces, (bytes, places) => {
      const log = new EventLog();
      const receiver = newReceiver({ role }, log);
      for (const chunk of cut(encode(bytes, 1, true), places)) receiver.receive(Uint8Array.from(chunk));
      expect(log.events).toHaveLength(1);
      expect(log.events[0]!.slice(0, 2)).toEqual(
        isUtf8(bytes)
          ? ["text", new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)]
          : ["error", 1007],
      );
    });
    fc.assert(property, { numRuns });
  });

  test("fails an unfinished text at the very byte at which no valid text can go on", { timeout }, () => {
    const property = fc.property(nearlyUtf8, fc.boolean(), (bytes, isFragmented) => {
      const log = new EventLog();
      const receiver = newReceiver({ role }, log);
      // Either one long frame that never ends, or a fragment for each byte.
      if (!isFragmented)
        receiver.receive(encode(new Uint8Array(100), 1, false).subarray(0, role === "server" ? 6 : 2));
      for (let i = 0; i < bytes.length && isUtf8(bytes.subarray(0, i), true); i++) {
        const byte = bytes.subarray(i, i + 1);
        const masked = role === "server" ? byte.map((each) => each ^ [9, 8, 7, 6][i % 4]!) : byte.slice();
        receiver.receive(isFragmented ? encode(byte, i === 0 ? 1 : 0, false) : masked);
        const expected = isUtf8(bytes.subarray(0, i + 1), true) ? [] : [["error", 1007, "WS_TEXT_UTF8"]];
        expect(log.events).toEqual(expected);
      }
    });
    fc.assert(property, { numRuns });
  });
});
