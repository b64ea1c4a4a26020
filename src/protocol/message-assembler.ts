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
  /** Takes back a buffer that nobody uses any more: it has become too small, or held a text. */
  readonly free?: ((buffer: Uint8Array) => void) | undefined;
}

const noBytes = new Uint8Array(0);
const wholeText = FIN | Opcode.Text;
const wholeBinary = FIN | Opcode.Binary;
const opcodeBits = 0x0f;
const controlBytesMax = 125;
const firstAllocation = 1024;

/** A message of which a part has come. */
interface PartialMessage {
  readonly isText: boolean;
  readonly isCompressed: boolean;
  /** Frames so far, and the bytes that their headers announced. */
  fragments: number;
  announced: number;
  /** The bytes that came, in a buffer that may have more room. */
  buffer: Uint8Array;
  length: number;
  /** Of a text that comes in pieces. */
  utf8: Utf8Validator | undefined;
}

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
  /** The first byte of the frame under way, and whether nothing of its payload has come. */
  #first = 0;
  #isWhole = false;
  #message: PartialMessage | undefined;
  /** What has come of a control frame that chunks have cut. */
  #control: Uint8Array = noBytes;

  constructor(handler: MessageHandler, options: MessageAssemblerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  /** Tells of a broken rule, after which no more is read. */
  fail(error: ProtocolError): void {
    this.hasEnded = true;
    this.#handler.onProtocolError(error);
  }

  // oxlint-disable-next-line max-params -- per frame: an object would be allocated for each
  takeFrame(first: number, bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    const isMessage = this.#message === undefined && end - start <= this.#options.maxPayload;
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
    const opcode = first & opcodeBits;
    this.#first = first;
    this.#isWhole = true;
    if (!isDefined(opcode)) throw new ProtocolError("WS_RESERVED_OPCODE", { opcode });
    this.#checkReservedBits(first);
    if (isControl(opcode)) checkControl(first, length);
    else this.#addFragment(first, length);
  }

  // oxlint-disable-next-line max-params -- as above
  takePayload(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const isWhole = this.#isWhole && isLast;
    this.#isWhole = false;
    this.hasShared ||= isWhole;
    if (this.#message === undefined || isControl(this.#first & opcodeBits)) {
      if (isWhole) this.#handleControl(bytes, start, end);
      else this.#collectControl(bytes.subarray(start, end), isLast);
      return;
    }
    const isEnd = isLast && this.#first >= FIN;
    if (isWhole && isEnd && this.#message.fragments === 1) this.#finish(this.#message, bytes, start, end);
    else this.#append(this.#message, bytes.subarray(start, end), isEnd);
  }

  /** RSV1 marks a compressed message, on its first frame only (RFC 7692 §6.1); no other bit has a meaning here. */
  #checkReservedBits(first: number): void {
    const reserved = first & 0x70;
    if (reserved === 0) return;
    const opcode = first & opcodeBits;
    const beginsMessage = opcode === Opcode.Text || opcode === Opcode.Binary;
    if (reserved === RSV1 && beginsMessage && this.#options.inflater !== undefined) return;
    throw new ProtocolError("WS_RESERVED_BITS", { bits: (reserved >> 4).toString(2).padStart(3, "0") });
  }

  #addFragment(first: number, length: number): void {
    const opcode = first & opcodeBits;
    if (opcode === Opcode.Continuation) {
      if (this.#message === undefined) throw new ProtocolError("WS_UNEXPECTED_CONTINUATION");
    } else {
      if (this.#message !== undefined) throw new ProtocolError("WS_EXPECTED_CONTINUATION", { opcode });
      this.#message = {
        isText: opcode === Opcode.Text,
        isCompressed: (first & RSV1) !== 0,
        fragments: 0,
        announced: 0,
        buffer: noBytes,
        length: 0,
        utf8: undefined,
      };
    }
    this.#message.fragments++;
    this.#message.announced += length;
    this.#checkLimits(this.#message);
  }

  #checkLimits({ fragments, announced, isCompressed }: PartialMessage): void {
    const { maxPayload, maxFragments } = this.#options;
    if (fragments > maxFragments) throw new ProtocolError("WS_TOO_MANY_FRAGMENTS", { limit: maxFragments });
    // DEFLATE adds up to a thousandth to data that it cannot compress (RFC 1951 §3.2.4).
    const limit = isCompressed ? maxPayload + (maxPayload >>> 8) + 1024 : maxPayload;
    if (announced > limit) throw tooLarge(announced, maxPayload);
  }

  #append(message: PartialMessage, bytes: Uint8Array, isEnd: boolean): void {
    const isUnchecked = message.isCompressed || !message.isText;
    if (bytes.length > 0) {
      if (!isUnchecked) this.#checkPiece(message, bytes);
      this.#reserve(message, bytes.length);
      message.buffer.set(bytes, message.length);
      message.length += bytes.length;
    }
    if (!isEnd) return;
    if (isUnchecked) {
      this.#finish(message, message.buffer, 0, message.length);
      return;
    }
    // A text that was checked piece by piece must also end between characters.
    if (message.utf8?.isComplete === false) throw new ProtocolError("WS_TEXT_UTF8");
    this.#message = undefined;
    this.#handler.onText(message.buffer, 0, message.length, false);
    if (message.length > 0) this.#options.free?.(message.buffer);
  }

  #checkPiece(message: PartialMessage, bytes: Uint8Array): void {
    message.utf8 ??= new Utf8Validator(this.#options.isUtf8);
    if (!message.utf8.accepts(bytes, 0, bytes.length)) throw new ProtocolError("WS_TEXT_UTF8");
  }

  /** Makes room for `count` more bytes: at most four times what has arrived, never what was only announced. */
  #reserve(message: PartialMessage, count: number): void {
    const { announced, buffer, length } = message;
    const { allocate, free, maxPayload } = this.#options;
    const needed = length + count;
    if (needed <= buffer.length) return;
    const wanted = Math.max(needed * 4, firstAllocation);
    // The last frame's length is known, so that its buffer ends up with no slack.
    const most = this.#first >= FIN ? announced : Math.max(announced, needed * 2, firstAllocation);
    message.buffer = allocate(Math.max(needed, Math.min(wanted, most, maxPayload)));
    message.buffer.set(buffer.subarray(0, length));
    if (buffer.length > 0) free?.(buffer);
  }

  /** Hands on a message that is here whole, of which a text is still to be checked. */
  // oxlint-disable-next-line max-params -- as above
  #finish(message: PartialMessage, bytes: Uint8Array, start: number, end: number): void {
    this.#message = undefined;
    if (message.isCompressed) {
      const inflated = this.#inflate(bytes.subarray(start, end));
      if (message.isText) this.#takeText(inflated, 0, inflated.length, false);
      else this.#handler.onBinary(inflated, 0, inflated.length);
    } else if (message.isText) {
      this.#takeText(bytes, start, end, false);
    } else {
      this.#handler.onBinary(bytes, start, end);
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

  #collectControl(piece: Uint8Array, isLast: boolean): void {
    const payload = new Uint8Array(this.#control.length + piece.length);
    payload.set(this.#control);
    payload.set(piece, this.#control.length);
    this.#control = isLast ? noBytes : payload;
    if (isLast) this.#handleControl(payload, 0, payload.length);
  }

  #handleControl(bytes: Uint8Array, start: number, end: number): void {
    const opcode = this.#first & opcodeBits;
    if (opcode === Opcode.Ping) this.#handler.onPing(bytes, start, end);
    else if (opcode === Opcode.Pong) this.#handler.onPong(bytes, start, end);
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

function checkControl(first: number, length: number): void {
  if (first < FIN) throw new ProtocolError("WS_CONTROL_FRAGMENTED", { opcode: first & opcodeBits });
  if (length > controlBytesMax) throw new ProtocolError("WS_CONTROL_TOO_LONG", { length });
}

function tooLarge(length: number, limit: number): ProtocolError {
  return new ProtocolError("WS_MESSAGE_TOO_LARGE", { length, limit });
}
