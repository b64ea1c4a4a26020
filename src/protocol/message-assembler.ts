import { CloseCode, isSendableCloseCode } from "./close-code.ts";
import { ProtocolError } from "./errors.ts";
import { FIN, RSV1 } from "./frame-header.ts";
import type { FrameSink } from "./frame-parser.ts";
import type { Inflater } from "./message-codec.ts";
import type { MessageHandler } from "./message-handler.ts";
import { isControl, isDefined, Opcode } from "./opcode.ts";
import { type Utf8Check, Utf8Validator } from "./utf8-validator.ts";

export interface MessageLimits {
  /** The largest message, in bytes after inflation. */
  readonly maxPayload: number;
  /** The most frames of one message. */
  readonly maxFragments: number;
}

export interface MessageAssemblerOptions extends MessageLimits {
  /** Present where permessage-deflate was agreed. */
  readonly inflater?: Inflater | undefined;
  /** The platform's own check of long texts, if it has one. */
  readonly isUtf8?: Utf8Check | undefined;
  /** Makes a message's buffer; it need not be zeroed, as only what was received is handed on. */
  readonly allocate: (bytes: number) => Uint8Array;
  /** Takes back a buffer that has become too small; nobody has seen it. */
  readonly free?: ((buffer: Uint8Array) => void) | undefined;
}

const noBytes = new Uint8Array(0);
const wholeText = FIN | Opcode.Text;
const wholeBinary = FIN | Opcode.Binary;
const controlBytesMax = 125;
const firstAllocation = 1024;

/**
 * Joins frames into messages (RFC 6455 §5.4, RFC 7692 §6) and checks every rule about them. A message that lies in one
 * frame and one chunk is handed on where it lies. Of any other, the bytes that arrived are kept in one buffer, so that
 * a message of very many fragments, or of empty ones, retains no more than its bytes.
 */
export class MessageAssembler implements FrameSink {
  hasEnded = false;
  /** Whether the handler was given a range that is not of a buffer of our own, and may have kept it. */
  hasShared = false;

  readonly #handler: MessageHandler;
  readonly #options: MessageAssemblerOptions;

  /** The frame under way. */
  #opcode: number = Opcode.Continuation;
  #isFinal = false;
  #isWhole = false;

  /** The message under way: `#kind` is its opcode, Continuation between messages. */
  #kind: number = Opcode.Continuation;
  #isCompressed = false;
  #fragments = 0;
  #announced = 0;
  #length = 0;
  #buffer: Uint8Array = noBytes;
  #utf8: Utf8Validator | undefined;

  /** A control frame that chunks have cut. */
  #control: Uint8Array | undefined;
  #controlLength = 0;

  constructor(handler: MessageHandler, options: MessageAssemblerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  // oxlint-disable-next-line max-params -- per frame: an object would be allocated for each
  takeFrame(first: number, bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    const isMessage = this.#kind === Opcode.Continuation && end - start <= this.#options.maxPayload;
    if (isMessage && first === wholeText) {
      this.#takeText(bytes, start, end, isAscii);
    } else if (isMessage && first === wholeBinary) {
      this.hasShared = true;
      this.#handler.onBinary(bytes, start, end);
    } else {
      this.beginFrame(first, end - start);
      this.takePayload(bytes, start, end, true);
    }
  }

  beginFrame(first: number, length: number): void {
    const opcode = first & 0x0f;
    this.#isFinal = first >= FIN;
    this.#isWhole = true;
    this.#opcode = opcode;
    if (!isDefined(opcode)) throw new ProtocolError("WS_RESERVED_OPCODE", { opcode });
    this.#checkReservedBits(first & 0x70);
    if (isControl(opcode)) this.#beginControl(opcode, length);
    else this.#beginFragment(opcode, length, (first & RSV1) !== 0);
  }

  // oxlint-disable-next-line max-params -- as above
  takePayload(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const isWhole = this.#isWhole && isLast;
    this.#isWhole = false;
    this.hasShared ||= isWhole;
    if (isControl(this.#opcode)) this.#takeControl(bytes, start, end, isLast, isWhole);
    else if (isWhole && this.#isFinal && this.#opcode !== Opcode.Continuation)
      this.#finish(bytes, start, end);
    else this.#append(bytes, start, end, isLast);
  }

  /** RSV1 marks a compressed message, on its first frame only (RFC 7692 §6.1); no other bit has a meaning here. */
  #checkReservedBits(reserved: number): void {
    if (reserved === 0) return;
    const beginsMessage = this.#opcode === Opcode.Text || this.#opcode === Opcode.Binary;
    if (reserved === RSV1 && beginsMessage && this.#options.inflater !== undefined) return;
    throw new ProtocolError("WS_RESERVED_BITS", { bits: (reserved >> 4).toString(2).padStart(3, "0") });
  }

  #beginControl(opcode: number, length: number): void {
    if (!this.#isFinal) throw new ProtocolError("WS_CONTROL_FRAGMENTED", { opcode });
    if (length > controlBytesMax) throw new ProtocolError("WS_CONTROL_TOO_LONG", { length });
    this.#controlLength = 0;
  }

  #beginFragment(opcode: number, length: number, isCompressed: boolean): void {
    if (opcode === Opcode.Continuation) {
      if (this.#kind === Opcode.Continuation) throw new ProtocolError("WS_UNEXPECTED_CONTINUATION");
    } else {
      if (this.#kind !== Opcode.Continuation) throw new ProtocolError("WS_EXPECTED_CONTINUATION", { opcode });
      this.#kind = opcode;
      this.#isCompressed = isCompressed;
      this.#fragments = 0;
      this.#announced = 0;
    }
    this.#announced += length;
    this.#checkLimits();
  }

  #checkLimits(): void {
    const { maxPayload, maxFragments } = this.#options;
    if (++this.#fragments > maxFragments)
      throw new ProtocolError("WS_TOO_MANY_FRAGMENTS", { limit: maxFragments });
    // DEFLATE adds up to a thousandth to data that it cannot compress (RFC 1951 §3.2.4).
    const limit = this.#isCompressed ? maxPayload + (maxPayload >>> 8) + 1024 : maxPayload;
    if (this.#announced > limit) throw tooLarge(this.#announced, maxPayload);
  }

  // oxlint-disable-next-line max-params -- as above
  #append(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    if (end > start) {
      if (this.#kind === Opcode.Text && !this.#isCompressed) this.#checkText(bytes, start, end);
      this.#reserve(end - start);
      this.#buffer.set(bytes.subarray(start, end), this.#length);
      this.#length += end - start;
    }
    if (!isLast || !this.#isFinal) return;
    const message = this.#buffer;
    const length = this.#length;
    this.#buffer = noBytes;
    this.#length = 0;
    if (this.#isCompressed) this.#finish(message, 0, length);
    else this.#finishChecked(message, length);
  }

  /** Makes room for `count` more bytes: at most four times what has arrived, never what was only announced. */
  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const wanted = Math.max(needed * 4, firstAllocation);
    // The last frame's length is known, so that its buffer ends up with no slack.
    const most = this.#isFinal ? this.#announced : Math.max(this.#announced, needed * 2, firstAllocation);
    const grown = this.#options.allocate(Math.max(needed, Math.min(wanted, most, this.#options.maxPayload)));
    grown.set(this.#buffer.subarray(0, this.#length));
    if (this.#buffer.length > 0) this.#options.free?.(this.#buffer);
    this.#buffer = grown;
  }

  #checkText(bytes: Uint8Array, start: number, end: number): void {
    this.#utf8 ??= new Utf8Validator(this.#options.isUtf8);
    if (!this.#utf8.accepts(bytes, start, end)) throw new ProtocolError("WS_TEXT_UTF8");
  }

  /** A text that was checked piece by piece must also end between characters. */
  #finishChecked(message: Uint8Array, length: number): void {
    if (this.#utf8?.isComplete === false) throw new ProtocolError("WS_TEXT_UTF8");
    this.#utf8 = undefined;
    this.#deliver(message, 0, length);
  }

  #finish(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isCompressed) {
      const message = this.#inflate(bytes.subarray(start, end));
      this.#deliverUnchecked(message, 0, message.length);
    } else {
      this.#deliverUnchecked(bytes, start, end);
    }
  }

  #deliverUnchecked(bytes: Uint8Array, start: number, end: number): void {
    if (this.#kind === Opcode.Text) {
      this.#kind = Opcode.Continuation;
      this.#takeText(bytes, start, end, false);
    } else {
      this.#deliver(bytes, start, end);
    }
  }

  /** Checks and hands on a text that is here whole. */
  // oxlint-disable-next-line max-params -- as above
  #takeText(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    if (!isAscii) {
      const text = new Utf8Validator(this.#options.isUtf8);
      if (!text.accepts(bytes, start, end) || !text.isComplete) throw new ProtocolError("WS_TEXT_UTF8");
    }
    this.#handler.onText(bytes, start, end, isAscii);
  }

  #inflate(compressed: Uint8Array): Uint8Array {
    const { maxPayload, inflater } = this.#options;
    // `#checkReservedBits` admits a compressed message only where there is an inflater.
    const message = inflater!.inflate(compressed, maxPayload);
    if (message === "too-large") throw tooLarge(maxPayload + 1, maxPayload);
    if (message === "invalid") throw new ProtocolError("WS_DEFLATE_DATA");
    return message;
  }

  #deliver(bytes: Uint8Array, start: number, end: number): void {
    const kind = this.#kind;
    this.#kind = Opcode.Continuation;
    if (kind === Opcode.Text) this.#handler.onText(bytes, start, end, false);
    else this.#handler.onBinary(bytes, start, end);
  }

  // oxlint-disable-next-line max-params -- as above
  #takeControl(bytes: Uint8Array, start: number, end: number, isLast: boolean, isWhole: boolean): void {
    if (isWhole) {
      this.#handleControl(bytes, start, end);
      return;
    }
    this.#control ??= new Uint8Array(controlBytesMax);
    this.#control.set(bytes.subarray(start, end), this.#controlLength);
    this.#controlLength += end - start;
    if (!isLast) return;
    const payload = this.#control.subarray(0, this.#controlLength);
    this.#control = undefined;
    this.#handleControl(payload, 0, payload.length);
  }

  #handleControl(bytes: Uint8Array, start: number, end: number): void {
    if (this.#opcode === Opcode.Ping) this.#handler.onPing(bytes, start, end);
    else if (this.#opcode === Opcode.Pong) this.#handler.onPong(bytes, start, end);
    else this.#handleClose(bytes, start, end);
  }

  #handleClose(bytes: Uint8Array, start: number, end: number): void {
    this.hasEnded = true;
    if (end === start) {
      this.#handler.onClose(CloseCode.NoStatus, { bytes, start, end });
      return;
    }
    if (end - start === 1) throw new ProtocolError("WS_CLOSE_LENGTH");
    const closeCode = (bytes[start]! << 8) | bytes[start + 1]!;
    if (!isSendableCloseCode(closeCode)) throw new ProtocolError("WS_CLOSE_CODE", { closeCode });
    // A validator of its own: a Close frame may come inside a text message.
    const reason = new Utf8Validator();
    if (!reason.accepts(bytes, start + 2, end) || !reason.isComplete)
      throw new ProtocolError("WS_CLOSE_REASON_UTF8");
    this.#handler.onClose(closeCode, { bytes, start: start + 2, end });
  }
}

function tooLarge(length: number, limit: number): ProtocolError {
  return new ProtocolError("WS_MESSAGE_TOO_LARGE", { length, limit });
}
