import { HandshakeError } from "./errors.ts";
import { isFieldByte } from "./header-grammar.ts";

/** What a head may have at most: `headerBytesMax` bytes with its first and last line, `headersMax` header lines. */
export interface HeadLimits {
  readonly headerBytesMax: number;
  readonly headersMax: number;
}

/** One character for each byte from `start` to `end`. What the platform offers for it is handed in. */
export type DecodeLatin1 = (bytes: Uint8Array, start: number, end: number) => string;

/** A whole head, and the bytes that came after it: a view of the last chunk. */
export interface ReceivedHead<Head> {
  readonly head: Head;
  readonly rest: Uint8Array;
}

const LF = 0x0a;
const CR = 0x0d;
const keptBytesMin = 1024;
const nothing = new Uint8Array(0);
const charactersPerCall = 4096;

/**
 * Takes the bytes of HTTP heads in chunks split anywhere, and reads each with `readHead` (`readRequestHead` or
 * `readResponseHead`) once it is whole. A byte is looked at when it comes and never again, and a fault is found at the
 * byte that makes it, so that how the bytes are split does not matter. Only an unfinished head is kept, by copy.
 *
 * After a `HandshakeError` the connection is of no more use: do not call `receive` again.
 */
export class HttpHeadParser<Head> {
  readonly #readHead: (text: string) => Head | undefined;
  readonly #limits: HeadLimits;
  readonly #decode: DecodeLatin1;
  #kept = nothing;
  #keptLength = 0;
  /** Bytes of this head and of the interim responses before it: they share the limit. */
  #headBytes = 0;
  #lines = 0;
  #lineBytes = 0;
  #afterCr = false;

  constructor(
    readHead: (text: string) => Head | undefined,
    limits: HeadLimits,
    decode: DecodeLatin1 = decodeLatin1,
  ) {
    this.#readHead = readHead;
    this.#limits = limits;
    this.#decode = decode;
  }

  /** Takes a chunk; the head, if this chunk completes it. Bytes of `chunk` are not needed after the call. */
  receive(chunk: Uint8Array): ReceivedHead<Head> | undefined {
    let start = 0;
    for (;;) {
      const end = this.#findEnd(chunk, start);
      if (end === undefined) {
        this.#keep(chunk.subarray(start));
        return undefined;
      }
      const head = this.#readHead(this.#takeText(chunk, start, end));
      if (head !== undefined) {
        this.#headBytes = 0;
        return { head, rest: end === chunk.length ? nothing : chunk.subarray(end) };
      }
      start = end;
    }
  }

  /** The position after the empty line that ends the head, if it is in `chunk`. */
  #findEnd(chunk: Uint8Array, start: number): number | undefined {
    const { headerBytesMax } = this.#limits;
    const stop = Math.min(chunk.length, start + headerBytesMax - this.#headBytes);
    let i = start;
    while (i < stop) {
      const textEnd = this.#afterCr ? i : endOfFieldBytes(chunk, i, stop);
      this.#lineBytes += textEnd - i;
      if (textEnd === stop) break;
      i = textEnd + 1;
      const byte = chunk[textEnd] as number;
      if (this.#afterCr) {
        if (byte !== LF) throw new HandshakeError("WS_HANDSHAKE_LINE_END");
        if (this.#endLine()) {
          this.#headBytes += i - start;
          return i;
        }
      } else if (byte === CR) this.#afterCr = true;
      else if (byte === LF) throw new HandshakeError("WS_HANDSHAKE_LINE_END");
      else throw new HandshakeError("WS_HANDSHAKE_CONTROL_BYTE", { byte });
    }
    if (stop < chunk.length)
      throw new HandshakeError("WS_HANDSHAKE_HEAD_TOO_LARGE", { limit: headerBytesMax });
    this.#headBytes += stop - start;
    return undefined;
  }

  /** Counts a line; whether it was the empty one that ends the head. */
  #endLine(): boolean {
    const isLast = this.#lineBytes === 0;
    this.#afterCr = false;
    this.#lineBytes = 0;
    this.#lines = isLast ? 0 : this.#lines + 1;
    const { headersMax } = this.#limits;
    if (this.#lines - 1 > headersMax) {
      throw new HandshakeError("WS_HANDSHAKE_TOO_MANY_HEADERS", { limit: headersMax });
    }
    return isLast;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#keptLength + bytes.length;
    if (length > this.#kept.length) {
      const wanted = Math.max(length, 2 * this.#kept.length, keptBytesMin);
      const grown = new Uint8Array(Math.min(wanted, this.#limits.headerBytesMax));
      grown.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept.set(bytes, this.#keptLength);
    this.#keptLength = length;
  }

  /** The text of what was kept and of the last bytes, in `chunk`. */
  #takeText(chunk: Uint8Array, start: number, end: number): string {
    const last = this.#decode(chunk, start, end);
    if (this.#keptLength === 0) return last;
    const text = this.#decode(this.#kept, 0, this.#keptLength) + last;
    this.#kept = nothing;
    this.#keptLength = 0;
    return text;
  }
}

function endOfFieldBytes(bytes: Uint8Array, start: number, stop: number): number {
  let end = start;
  while (end < stop && isFieldByte(bytes[end] as number)) end++;
  return end;
}

/** In pieces, as a call takes only so many arguments. */
function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i += charactersPerCall) {
    const codes: ArrayLike<number> = bytes.subarray(i, Math.min(end, i + charactersPerCall));
    text += String.fromCharCode.apply(undefined, codes as number[]);
  }
  return text;
}
