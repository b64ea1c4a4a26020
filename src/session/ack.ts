import { SessionError } from "./errors.ts";

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

const ackPattern = /^ack (\d{1,16}) (\d{1,16})(?:@(\d{1,16}))? (\d{1,16}) (\d{1,16}) (\d{1,16}) (\d{1,16})$/;
const skipPattern = /^skip (\d{1,16}) (\d{1,16}) (\d{1,16}) (?:expired|cancelled|superseded|dropped)$/;

export function formatAck(stream: number, ack: AckFields): string {
  const have = ack.byteOffset === 0 ? `${ack.have}` : `${ack.have}@${ack.byteOffset}`;
  return `ack ${stream} ${have} ${ack.started} ${ack.done} ${ack.messagesMax} ${ack.bytesMax}`;
}

/** @throws {SessionError} SESSION_FRAME_INVALID. */
export function readAck(frame: string): { stream: number } & AckFields {
  const match = ackPattern.exec(frame);
  if (match === null) throw new SessionError("SESSION_FRAME_INVALID", { what: "ack" });
  return {
    stream: Number(match[1]),
    have: Number(match[2]),
    byteOffset: Number(match[3] ?? 0),
    started: Number(match[4]),
    done: Number(match[5]),
    messagesMax: Number(match[6]),
    bytesMax: Number(match[7]),
  };
}

/** @throws {SessionError} SESSION_FRAME_INVALID. */
export function readSkip(frame: string): { stream: number; from: number; to: number } {
  const match = skipPattern.exec(frame);
  if (match === null) throw new SessionError("SESSION_FRAME_INVALID", { what: "skip" });
  return { stream: Number(match[1]), from: Number(match[2]), to: Number(match[3]) };
}
