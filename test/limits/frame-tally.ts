import { isLetters } from "./numbered-message.ts";

const numberDigits = 8;
const headerBytesMax = 14;

/**
 * Reads frames as they come and keeps none of them: it counts, and holds each message against `numberedMessage`. It
 * takes part of a frame at a time, so that a reader of hundreds of mebibytes needs no memory either.
 */
export class FrameTally {
  /** Text and binary messages, each of one frame. */
  messages = 0;
  payloadBytes = 0;
  pongs = 0;
  /** The code of the Close frame; 0 while there is none. */
  closeCode = 0;
  /** What was not as expected; undefined as long as each message is its own number's, in order. */
  fault: string | undefined;

  readonly #header = Buffer.alloc(headerBytesMax);
  #headerBytes = 0;
  #length = 0;
  #at = -1;
  readonly #start = Buffer.alloc(numberDigits);

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length || this.#isComplete; ) {
      at = this.#at < 0 ? this.#readHeader(chunk, at) : this.#readPayload(chunk, at);
    }
  }

  get #isComplete(): boolean {
    return this.#at >= 0 && this.#at === this.#length;
  }

  #readHeader(chunk: Buffer, at: number): number {
    this.#header[this.#headerBytes++] = chunk[at]!;
    if (this.#headerBytes < 2) return at + 1;
    const second = this.#header[1]!;
    const short = second & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const maskBytes = second >= 0x80 ? 4 : 0;
    if (this.#headerBytes < 2 + lengthBytes + maskBytes) return at + 1;
    this.#length =
      lengthBytes === 0
        ? short
        : this.#header.readUIntBE(lengthBytes === 8 ? 4 : 2, Math.min(lengthBytes, 6));
    this.#headerBytes = 0;
    this.#at = 0;
    return at + 1;
  }

  #readPayload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#length - this.#at);
    const piece = this.#unmasked(chunk, at, end);
    const head = Math.min(piece.length, Math.max(0, numberDigits - this.#at));
    piece.copy(this.#start, this.#at, 0, head);
    this.#at += piece.length;
    if (head < piece.length && this.#isMessage && !isLetters(piece.subarray(head), this.messages)) {
      this.fault ??= `message ${this.messages} is not as it was sent`;
    }
    if (this.#isComplete) this.#finish();
    return end;
  }

  #unmasked(chunk: Buffer, start: number, end: number): Buffer {
    if (this.#header[1]! < 0x80) return chunk.subarray(start, end);
    const short = this.#header[1]! & 0x7f;
    const maskAt = short === 127 ? 10 : short === 126 ? 4 : 2;
    const piece = Buffer.from(chunk.subarray(start, end));
    for (let index = 0; index < piece.length; index++) {
      piece[index]! ^= this.#header[maskAt + ((this.#at + index) & 3)]!;
    }
    return piece;
  }

  get #isMessage(): boolean {
    return (this.#header[0]! & 0x0f) <= 2;
  }

  #finish(): void {
    const opcode = this.#header[0]! & 0x0f;
    if (opcode === 8) this.closeCode = this.#length < 2 ? 1005 : this.#start.readUInt16BE();
    if (opcode === 10) this.pongs++;
    if (this.#isMessage) this.#finishMessage();
    this.#at = -1;
  }

  #finishMessage(): void {
    const number = this.#length < numberDigits ? this.messages : Number(this.#start.toString("latin1"));
    if (number !== this.messages) this.fault ??= `message ${number} came in the place of ${this.messages}`;
    this.messages++;
    this.payloadBytes += this.#length;
  }
}
