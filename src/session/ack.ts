import type { Window } from "./receive-stream.ts";
import { numberPattern, readNumbers } from "./read-numbers.ts";

/** How far the other end is with a stream, and how far it may be sent. */
export interface AckFields {
  /** Messages 1 to `have` are there, and `byteOffset` bytes of the next. */
  readonly have: number;
  readonly byteOffset: number;
  /** The handlers of 1 to `started` have begun. */
  readonly started: number;
  /** The handlers of 1 to `done` have settled. */
  readonly done: number;
  /** The highest number that may be sent. */
  readonly messagesMax: number;
  /** The payload bytes that may be sent, counted from the stream's begin. */
  readonly bytesMax: number;
}

/** Where a resume goes on with a stream. */
export interface StreamPosition extends AckFields {
  readonly stream: number;
  /** The payload bytes received since the stream's begin. */
  readonly bytes: number;
}

const number = numberPattern;
const ackPattern = new RegExp(
  `^ack ${number} ${number}(?:@${number})? ${number} ${number} ${number} ${number}$`,
);
const skipPattern = new RegExp(
  `^skip ${number} ${number} ${number} (?:expired|cancelled|superseded|dropped)$`,
);

/** Where an end is with a stream that it does not know yet. */
export function positionAtBegin(
  stream: number,
  terms: { readonly window: Window; readonly streamWindow: Window },
): StreamPosition {
  const { messages: messagesMax, bytes: bytesMax } = stream === 0 ? terms.window : terms.streamWindow;
  return { stream, have: 0, byteOffset: 0, bytes: 0, started: 0, done: 0, messagesMax, bytesMax };
}

export function formatAck(stream: number, ack: AckFields): string {
  const have = ack.byteOffset === 0 ? `${ack.have}` : `${ack.have}@${ack.byteOffset}`;
  return `ack ${stream} ${have} ${ack.started} ${ack.done} ${ack.messagesMax} ${ack.bytesMax}`;
}

/** @throws {SessionError} SESSION_FRAME_INVALID. */
export function readAck(frame: string): { stream: number } & AckFields {
  const numbers = readNumbers(frame, ackPattern, "ack");
  const [stream, have, byteOffset, started, done, messagesMax, bytesMax] = numbers as SevenNumbers;
  return { stream, have, byteOffset, started, done, messagesMax, bytesMax };
}

type SevenNumbers = [number, number, number, number, number, number, number];

/** @throws {SessionError} SESSION_FRAME_INVALID. */
export function readSkip(frame: string): { stream: number; from: number; to: number } {
  const [stream, from, to] = readNumbers(frame, skipPattern, "skip") as [number, number, number];
  return { stream, from, to };
}
