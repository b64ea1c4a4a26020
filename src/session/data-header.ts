import { SessionError } from "./errors.ts";

/** The header of a data frame. */
export interface DataHeader {
  stream: number;
  message: number;
  byteOffset: number;
  /** The length of the whole message, or -1 if this frame holds all of it. */
  messageBytes: number;
  /** Stream 0 of the other direction is handled up to here; -1 if the frame does not say. */
  handled: number;
  /** Where the payload begins in the frame. */
  payloadStart: number;
}

const header: DataHeader = {
  stream: 0,
  message: 0,
  byteOffset: 0,
  messageBytes: -1,
  handled: -1,
  payloadStart: 0,
};

const colon = 0x3a;
const zero = 0x30;
/** Five numbers of 16 digits and what is between them. */
const headerCharactersMax = 85;

/** Where `readNumber` stopped. */
let position = 0;

/**
 * Reads the header of a data frame. The result is one object for all calls: it holds until the next.
 *
 * @throws {SessionError} SESSION_FRAME_INVALID.
 */
export function readDataHeader(frame: string): DataHeader {
  position = 0;
  header.stream = 0;
  header.byteOffset = 0;
  header.messageBytes = -1;
  header.handled = -1;
  header.message = readNumber(frame);
  if (frame.charCodeAt(position) !== colon) readRest(frame);
  header.payloadStart = position + 1;
  return header;
}

/** Reads the header of a binary data frame; as `readDataHeader`. */
export function readBinaryDataHeader(frame: Uint8Array): DataHeader {
  const end = frame.subarray(0, headerCharactersMax).indexOf(colon) + 1;
  let text = "";
  for (let index = 0; index < end; index++) text += String.fromCharCode(frame[index]!);
  return readDataHeader(text);
}

function readRest(frame: string): void {
  if (skip(frame, ".")) {
    header.stream = header.message;
    header.message = readNumber(frame);
  }
  if (skip(frame, "@")) {
    header.byteOffset = readNumber(frame);
    if (!skip(frame, "/")) throw invalid(frame);
    header.messageBytes = readNumber(frame);
  }
  if (skip(frame, "~")) header.handled = readNumber(frame);
  if (frame.charCodeAt(position) !== colon) throw invalid(frame);
}

function skip(frame: string, character: string): boolean {
  if (frame[position] !== character) return false;
  position++;
  return true;
}

function readNumber(frame: string): number {
  const start = position;
  let value = 0;
  for (;;) {
    const digit = frame.charCodeAt(position) - zero;
    // Past the end this is NaN, which fails the comparison, too.
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    position++;
  }
  const digits = position - start;
  const isPadded = digits > 1 && frame.charCodeAt(start) === zero;
  if (digits === 0 || digits > 16 || isPadded || value > Number.MAX_SAFE_INTEGER) throw invalid(frame);
  return value;
}

function invalid(frame: string): SessionError {
  // Nothing of the payload: an error message goes to logs.
  const length = Math.min(frame.length, headerCharactersMax);
  return new SessionError("SESSION_FRAME_INVALID", {
    what: `the header of a frame of ${length} or more characters`,
  });
}

/** Writes what stands before the payload. `handled` is -1 where there is nothing to say. */
export function writeDataHeader(
  stream: number,
  message: number,
  part: { byteOffset: number; messageBytes: number; handled: number },
): string {
  const where = stream === 0 ? `${message}` : `${stream}.${message}`;
  const which = part.messageBytes === -1 ? "" : `@${part.byteOffset}/${part.messageBytes}`;
  return part.handled === -1 ? `${where}${which}:` : `${where}${which}~${part.handled}:`;
}
