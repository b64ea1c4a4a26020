import { createHash } from "node:crypto";

/** What the default limits allow at most, and the largest of the payloads here. */
const largest = 16_777_216;

/**
 * Nothing, both sides of each change of a frame's length field (RFC 6455 §5.2), and the largest.
 */
const payloadSizes = [0, 125, 126, 127, 65_535, 65_536, largest] as const;

/** What text codecs trip over: a byte order mark that is content, NUL, two to four bytes a character, joined emoji. */
export const trickyText = "\uFEFFnaïve \0 Ω≈ç √ 漢字 🚡 👩‍👩‍👧 𝄞\uFFFD";

const blockBytes = 65_536;
const binaryBlock = makeBinaryBlock();
const textBlock = makeTextBlock();

/** A message, and its digest, which is taken once. */
export interface Payload {
  readonly message: string | Buffer;
  readonly digest: string;
}

const texts = payloadSizes.map((size) => payloadOf(textOf(size)));
const binaries = payloadSizes.map((size) => payloadOf(binaryOf(size)));

/** Messages of all sizes, or all but the largest. */
export function payloads(
  kind: "text" | "binary",
  { withLargest }: { withLargest: boolean },
): readonly Payload[] {
  const all = kind === "text" ? texts : binaries;
  return withLargest ? all : all.slice(0, -1);
}

/** As many bytes, of every value; half of them do not compress, the other half does. */
export function binaryOf(byteLength: number): Buffer {
  const bytes = Buffer.alloc(byteLength, "ropeway ");
  for (let start = 0; start < byteLength; start += 2 * blockBytes) binaryBlock.copy(bytes, start);
  return bytes;
}

/** A text of as many bytes in UTF-8, of characters with one to four. */
function textOf(byteLength: number): string {
  const rest = byteLength % blockBytes;
  const start = rest - (rest % 10);
  // Ten bytes are one character of each length, so a cut there is between characters.
  const tail = textBlock.subarray(0, start).toString("utf8") + "x".repeat(rest - start);
  return textBlock.toString("utf8").repeat((byteLength - rest) / blockBytes) + tail;
}

/** A message in one line, by which two are compared without printing megabytes. */
export function digestOf(message: string | Buffer): string {
  const bytes = typeof message === "string" ? Buffer.from(message, "utf8") : message;
  const hash = createHash("sha256").update(bytes).digest("hex");
  return `${typeof message === "string" ? "text" : "binary"}, ${bytes.length} bytes, ${hash}`;
}

export function payloadOf(message: string | Buffer): Payload {
  return { message, digest: digestOf(message) };
}

function makeBinaryBlock(): Buffer {
  const block = Buffer.alloc(blockBytes);
  for (const [index, value] of pseudoRandom(blockBytes).entries()) block[index] = value >>> 24;
  return block;
}

/** Ten bytes at a time: characters of one, two, three and four bytes, of varying order of code points. */
function makeTextBlock(): Buffer {
  const groups = pseudoRandom(Math.floor(blockBytes / 10)).map((value) =>
    String.fromCodePoint(
      0x20 + (value % 0x5f),
      0x80 + (value % 0x700),
      0x4e00 + (value % 0x5000),
      0x1f300 + (value % 0x300),
    ),
  );
  const text = groups.join("");
  return Buffer.from(text + "x".repeat(blockBytes - Buffer.byteLength(text)), "utf8");
}

/** The same numbers in each run: a linear congruential generator, whose upper bits are good enough. */
function pseudoRandom(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  });
}
