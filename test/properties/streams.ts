import { deflateRawSync, constants } from "node:zlib";
import fc from "fast-check";
import type { Role } from "../../src/protocol/index.ts";
import { closeBody, encodeFrame, type FrameSpec, opcodes } from "../raw-peer/frame.ts";

/** Random byte streams as a peer could send them, for the receiver in the given role. */

export const roles: readonly Role[] = ["client", "server"];

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });

/** Mostly short, with the sizes at which a header grows and at which unmasking changes its way. */
const payload = fc.oneof(
  { weight: 10, arbitrary: fc.uint8Array({ maxLength: 24 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(125, 126, 127, 399, 400, 1025).map((n) => new Uint8Array(n).fill(0x61)),
  },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536).map((n) => new Uint8Array(n).fill(0x62)) },
);

const text = fc.string({ unit: "binary", maxLength: 12 }).map((string) => new TextEncoder().encode(string));

const control = fc.record({
  opcode: fc.constantFrom(opcodes.ping, opcodes.pong),
  payload: fc.uint8Array({ maxLength: 125 }),
});

const close: fc.Arbitrary<FrameSpec> = fc.oneof(
  fc.constant({ opcode: opcodes.close }),
  fc
    .tuple(fc.constantFrom(1000, 1001, 1011, 3000, 4999), fc.string({ unit: "binary", maxLength: 20 }))
    .map(([code, reason]) => ({ opcode: opcodes.close, payload: closeBody(code, reason) })),
);

export function compress(bytes: Uint8Array): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** One message in fragments cut at random places, with control frames between them. */
function message(deflate: boolean): fc.Arbitrary<FrameSpec[]> {
  const kind = fc.oneof(
    text.map((bytes) => ({ opcode: opcodes.text as number, bytes })),
    payload.map((bytes) => ({ opcode: opcodes.binary as number, bytes })),
  );
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
  return fc
    .tuple(kind, cuts, fc.array(control, { maxLength: 2 }), deflate ? fc.boolean() : fc.constant(false))
    .map(([{ opcode, bytes }, at, controls, isCompressed]) => {
      const pieces = cut(isCompressed ? compress(bytes) : bytes, at);
      const frames = pieces.map((piece, i): FrameSpec => {
        const isFirst = i === 0;
        const fin = i === pieces.length - 1;
        return { opcode: isFirst ? opcode : 0, payload: piece, fin, rsv: isFirst && isCompressed ? 4 : 0 };
      });
      return frames.flatMap((frame, i) => (controls[i] === undefined ? [frame] : [frame, controls[i]]));
    });
}

/** A stream that keeps every rule. */
export function validStream(role: Role, deflate = false): fc.Arbitrary<Buffer> {
  // Now and then the last message is broken off, so that the Close frame comes inside it.
  const messages = fc
    .tuple(fc.array(message(deflate), { maxLength: 3 }), fc.option(fc.nat(2), { nil: 0 }))
    .map(([all, less]) => all.flat().slice(0, -less || undefined));
  const last = fc.option(close, { nil: undefined });
  return fc
    .tuple(messages, last, mask)
    .map(([frames, end, key]) => encodeAll(role, end ? [...frames, end] : frames, key));
}

/** `usual` most of the time, so that a stream of wrong frames gets past its first one. */
function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });
}

const anyClose = fc
  .tuple(
    fc.oneof(fc.integer({ min: 990, max: 1020 }), fc.constantFrom(0, 2999, 3000, 4999, 5000, 65_535)),
    fc.oneof(text, fc.uint8Array({ maxLength: 4 })),
  )
  .map(([code, reason]) => ({ opcode: opcodes.close, payload: closeBody(code, reason) }));

const anyFrame = fc.record({
  opcode: mostly(fc.constantFrom(0, 1, 2, 9, 10), fc.nat(15)),
  payload: fc.oneof(
    text,
    fc.uint8Array({ maxLength: 6 }),
    fc.uint8Array({ minLength: 124, maxLength: 128 }),
    text.map(compress),
  ),
});

/** Frames whose every field is random, right more often than not. */
export function frameSoup(role: Role): fc.Arbitrary<Buffer> {
  const frame = fc.tuple(
    mostly<{ opcode: number; payload: Uint8Array }>(anyFrame, anyClose, 6),
    fc.record({
      fin: mostly(fc.constant(true), fc.constant(false), 3),
      rsv: mostly(mostly(fc.constant(0), fc.constant(4), 4), fc.nat(7)),
      lengthBits: mostly<7 | 16 | 64 | undefined>(fc.constant(undefined), fc.constantFrom(16, 64)),
      isWronglyMasked: mostly(fc.constant(false), fc.constant(true), 30),
    }),
  );
  const frames = fc.array(frame, { maxLength: 6 });
  return fc.tuple(frames, mask, fc.uint8Array({ maxLength: 3 })).map(([all, key, tail]) => {
    const parts = all.map(([content, { isWronglyMasked, lengthBits, ...flags }]) => {
      const masks = (role === "server") !== isWronglyMasked;
      const isFinal = flags.fin || content.opcode === opcodes.close;
      const spec = { ...content, ...flags, fin: isFinal, mask: masks ? key : undefined };
      return encodeFrame(lengthBits === undefined ? spec : { ...spec, lengthBits });
    });
    return Buffer.concat([...parts, tail]);
  });
}

/** Where to cut a stream, as fractions of its length; `cut` makes them places. */
export const cutPlaces = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

export function cut(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = fractions.map((fraction) => Math.floor(fraction * bytes.length)).toSorted((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_byte, i) => bytes.subarray(i, i + 1));
}

function encodeAll(role: Role, frames: readonly FrameSpec[], key: Uint8Array): Buffer {
  return Buffer.concat(
    frames.map((frame) => encodeFrame({ ...frame, mask: role === "server" ? key : undefined })),
  );
}
