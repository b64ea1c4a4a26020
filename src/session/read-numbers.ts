import { SessionError } from "./errors.ts";

/** A number as it stands in a frame, for a pattern: decimal, without zeros before it. */
export const numberPattern = "(0|[1-9][0-9]{0,15})";

/**
 * The numbers that the pattern has groups for; 0 for a group that is not there.
 *
 * @throws {SessionError} SESSION_FRAME_INVALID if the frame is not like the pattern, or a number is above 2^53 - 1.
 */
export function readNumbers(frame: string, pattern: RegExp, what: string): number[] {
  const numbers = pattern.exec(frame)?.slice(1).map(toNumber);
  if (numbers === undefined || !numbers.every(Number.isSafeInteger))
    throw new SessionError("SESSION_FRAME_INVALID", { what });
  return numbers;
}

function toNumber(digits: string | undefined): number {
  return Number(digits ?? 0);
}
