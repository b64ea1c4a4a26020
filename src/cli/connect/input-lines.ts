import { CommandError } from "../errors.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits a stream of bytes into lines, without their end (LF or CR LF). The last line counts without one, too. Reads
 * no further than the consumer asks, and keeps one unfinished line at most.
 *
 * @param lineBytesMax the longest line in bytes; a longer one throws `CLI_INPUT_TOO_LONG` before it is held in memory
 */
export async function* inputLines(
  input: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<string, void, undefined> {
  let unfinished: Uint8Array[] = [];
  let unfinishedBytes = 0;
  let lineNumber = 1;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      unfinished.push(chunk.subarray(start, end));
      unfinishedBytes += end - start;
      yield finishLine(unfinished, lineNumber, lineBytesMax);
      start = end + 1;
      unfinished = [];
      unfinishedBytes = 0;
      lineNumber += 1;
    }
    unfinished.push(chunk.subarray(start));
    unfinishedBytes += chunk.byteLength - start;
    // One byte more may be the CR of the line's end.
    if (unfinishedBytes > lineBytesMax + 1) throw tooLong(lineNumber, lineBytesMax);
  }
  if (unfinishedBytes > 0) yield finishLine(unfinished, lineNumber, lineBytesMax);
}

function finishLine(parts: Uint8Array[], lineNumber: number, lineBytesMax: number): string {
  const bytes = Buffer.concat(parts);
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  if (end > lineBytesMax) throw tooLong(lineNumber, lineBytesMax);
  return bytes.toString("utf8", 0, end);
}

function tooLong(line: number, limit: number): CommandError {
  return new CommandError("CLI_INPUT_TOO_LONG", { line, limit });
}
