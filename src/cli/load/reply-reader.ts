import { CloseCode, FIN, Opcode, RSV1 } from "../../protocol/index.ts";
import { describeClose } from "../connect/close-outcome.ts";
import { visibleLine } from "../connect/visible-text.ts";
import type { Burst } from "./burst.ts";
import type { Message } from "./frames.ts";

/** What came instead of the echo. */
export type UnexpectedKind = "content" | "type" | "protocol" | "closed";

/** The server sent something else than the echo that is expected of it. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  readonly kind: UnexpectedKind;

  constructor(kind: UnexpectedKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const headerBytesMax = 10;
const controlBytesMax = 125;
const excerptBytesMax = 40;
/** Deflate makes nothing longer than this (RFC 1951 §3.2.4), and some servers end it by an empty block. */
const compressedBytesMax = (bytes: number): number => bytes + 5 * Math.ceil(bytes / 16_383) + 64;

/**
 * Reads what one connection receives, which is the echo of one burst over and over, and compares every byte. A burst
 * that comes as it came before costs one comparison; else the frames are read one by one, so that a server may
 * fragment, compress in more than one way, or ping in between.
 */
export class ReplyReader {
  readonly #burst: Burst;
  readonly #onPing: (payload: Buffer) => void;
  #messages = 0;
  /** The message of the burst that comes next, or is coming. */
  #index = 0;
  #isInMessage = false;
  #isCompressed = false;
  /** How much of the message has come in its frames so far, compressed or not. */
  #messageBytes = 0;
  readonly #header = Buffer.alloc(headerBytesMax);
  #headerBytes = 0;
  #isInFrame = false;
  /** Of the frame's payload, what has not come. */
  #missing = 0;
  /** What has come of a compressed message that does not come in one piece. */
  #parts: Buffer[] = [];
  #control: Buffer = Buffer.alloc(0);
  #hadControl = false;

  constructor(burst: Burst, onPing: (payload: Buffer) => void) {
    this.#burst = burst;
    this.#onPing = onPing;
  }

  /** How many messages have come, all of them right. */
  get messages(): number {
    return this.#messages;
  }

  /** How much has come of the message that is coming, from 0 to 1. */
  get part(): number {
    if (this.#isCompressed) return 0;
    return this.#messageBytes / Math.max(1, this.#expected.payload.length);
  }

  get #expected(): Message {
    return this.#burst.messages[this.#index]!;
  }

  /** Takes what comes next. Throws an `UnexpectedReply`; then the connection is of no more use. */
  take(chunk: Buffer): void {
    const { reply, messages } = this.#burst;
    let at = 0;
    while (at < chunk.length) {
      const start = this.#isAtStart() ? at : -1;
      const end = at + reply.length;
      if (start >= 0 && end <= chunk.length && reply.compare(chunk, at, end) === 0) {
        this.#messages += messages.length;
        at = end;
        continue;
      }
      at = this.#takeFrames(chunk, at);
      if (start >= 0 && this.#isAtStart() && !this.#hadControl) {
        this.#burst.learnReply(chunk.subarray(start, at));
      }
    }
  }

  /** Between two bursts. */
  #isAtStart(): boolean {
    return this.#index === 0 && !this.#isInFrame && this.#headerBytes === 0 && !this.#isInMessage;
  }

  /** Takes frames up to the end of the burst, or as many as are there; returns where they end. */
  #takeFrames(chunk: Buffer, start: number): number {
    this.#hadControl = false;
    let at = start;
    do at = this.#takeFrame(chunk, at);
    while (at < chunk.length && !this.#isAtStart());
    return at;
  }

  /** Takes a frame, or as much of it as is there; returns where it ends. */
  #takeFrame(chunk: Buffer, start: number): number {
    let at = start;
    while (!this.#isInFrame) {
      if (at === chunk.length) return at;
      this.#header[this.#headerBytes++] = chunk[at++]!;
      if (this.#headerBytes >= 2 && this.#headerBytes === headerBytesOf(this.#header[1]!)) this.#beginFrame();
    }
    if (at === chunk.length && this.#missing > 0) return at;
    const end = Math.min(chunk.length, at + this.#missing);
    this.#missing -= end - at;
    const isEnd = this.#missing === 0;
    if (isEnd) {
      this.#isInFrame = false;
      this.#headerBytes = 0;
    }
    const bytes = chunk.subarray(at, end);
    if ((this.#header[0]! & 0x08) !== 0) this.#takeControl(bytes, isEnd);
    else this.#takeData(bytes, isEnd && this.#header[0]! >= FIN);
    return end;
  }

  #beginFrame(): void {
    const first = this.#header[0]!;
    const opcode = first & 0x0f;
    this.#missing = payloadBytesOf(this.#header);
    this.#isInFrame = true;
    if (this.#header[1]! >= 0x80) throw wrongFrame("masked");
    const isControl = opcode >= Opcode.Close;
    const isCompressed = (first & RSV1) !== 0;
    const mayBeCompressed = !isControl && !this.#isInMessage && this.#expected.compressed === true;
    if ((first & 0x30) !== 0 || (isCompressed && !mayBeCompressed)) {
      throw wrongFrame("marked by a reserved bit");
    }
    if (isControl) {
      if (first < FIN || this.#missing > controlBytesMax) throw wrongFrame("too long for a control frame");
      if (opcode > Opcode.Pong) throw wrongFrame(`of the unknown type ${opcode}`);
      return;
    }
    if ((opcode === Opcode.Continuation) !== this.#isInMessage) throw wrongFrame("out of order");
    if (this.#isInMessage) return;
    if (opcode > Opcode.Binary) throw wrongFrame(`of the unknown type ${opcode}`);
    this.#isInMessage = true;
    this.#isCompressed = isCompressed;
  }

  #takeControl(bytes: Buffer, isEnd: boolean): void {
    this.#control = Buffer.concat([this.#control, bytes]);
    if (!isEnd) return;
    const payload = this.#control;
    this.#control = Buffer.alloc(0);
    this.#hadControl = true;
    const opcode = this.#header[0]! & 0x0f;
    if (opcode === Opcode.Ping) this.#onPing(payload);
    if (opcode === Opcode.Close) throw closed(payload);
  }

  #takeData(bytes: Buffer, isEnd: boolean): void {
    const { payload, opcode } = this.#expected;
    const from = this.#messageBytes;
    this.#messageBytes += bytes.length;
    if (this.#isCompressed) {
      if (this.#messageBytes + this.#missing > compressedBytesMax(payload.length)) throw this.#differs(bytes);
      if (isEnd) this.#checkCompressed(bytes);
      else this.#parts.push(Buffer.from(bytes));
    } else if (
      this.#messageBytes + this.#missing > payload.length ||
      (isEnd && this.#messageBytes < payload.length) ||
      payload.compare(bytes, 0, bytes.length, from, this.#messageBytes) !== 0
    ) {
      throw this.#differs(bytes);
    }
    this.#checkType(opcode);
    if (!isEnd) return;
    this.#isInMessage = false;
    this.#isCompressed = false;
    this.#messageBytes = 0;
    this.#messages++;
    this.#index = (this.#index + 1) % this.#burst.messages.length;
  }

  #checkCompressed(last: Buffer): void {
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    if (!this.#burst.isCompressedForm(this.#expected, whole)) throw this.#differs(last);
  }

  /** The contents are looked at first: they say more of a server that does not echo. */
  #checkType(expected: number): void {
    const opcode = this.#header[0]! & 0x0f;
    if (opcode === expected || opcode === Opcode.Continuation) return;
    const [sent, came] = expected === Opcode.Text ? ["text", "binary"] : ["binary", "text"];
    throw new UnexpectedReply("type", `The server sends the echo of a ${sent} message as a ${came} one`);
  }

  #differs(bytes: Buffer): UnexpectedReply {
    const excerpt = this.#isCompressed
      ? "something compressed that"
      : `"${visibleLine(bytes.toString("utf8", 0, excerptBytesMax))}${bytes.length > excerptBytesMax ? "…" : ""}", which`;
    return new UnexpectedReply("content", `The server sent ${excerpt} is not the echo of what it was sent`);
  }
}

function headerBytesOf(second: number): number {
  const short = second & 0x7f;
  return short < 126 ? 2 : short === 126 ? 4 : headerBytesMax;
}

function payloadBytesOf(header: Buffer): number {
  const short = header[1]! & 0x7f;
  if (short < 126) return short;
  return short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
}

function wrongFrame(fault: string): UnexpectedReply {
  return new UnexpectedReply("protocol", `The server sent a frame that is ${fault}`);
}

function closed(payload: Buffer): UnexpectedReply {
  const code = payload.length < 2 ? CloseCode.NoStatus : payload.readUInt16BE();
  const facts = { code, reason: payload.toString("utf8", 2), wasClean: true, isOurs: false };
  return new UnexpectedReply("closed", describeClose(facts));
}
