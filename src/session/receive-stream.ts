import type { AckFields, StreamPosition } from "./ack.ts";
import type { DataHeader } from "./data-header.ts";
import { SessionError } from "./errors.ts";
import type { Payload, ReceivedMessage } from "./message.ts";
import { Queue } from "./queue.ts";
import type { ReceivePool } from "./receive-pool.ts";

/** What the other end may send before handlers have settled. */
export interface Window {
  readonly messages: number;
  readonly bytes: number;
}

export interface ReceiveLimits {
  readonly messageBytesMax: number;
  window: Window;
}

/** A message comes in at most this many frames and one more for every 256 bytes: frames cost more than their bytes. */
const partsMin = 64;
const partBytesMin = 256;

/** A message, or numbers that will not come, in the order of the stream. */
interface Arrival extends ReceivedMessage {
  /** How many numbers were skipped; 0 for a message. */
  readonly skippedMessages: number;
  /** Of the session before this one: it is handled, and nobody is told. */
  isForgotten: boolean;
}

/** The receiving half of a stream, to be imported elsewhere. */
export interface ReceiveState {
  readonly id: number;
  readonly isBulk: boolean;
  readonly arrived: readonly Arrival[];
  /** Have, started, done, and the highest number that may come. */
  readonly numbers: readonly [number, number, number, number];
  /** Of the message that has begun, of all, of those done, and what may come. */
  readonly bytes: readonly [number, number, number, number];
  readonly parts: readonly Payload[] | undefined;
  readonly messageBytes: number;
}

/**
 * The receiving half of a stream: takes the next byte of the next message and nothing else, keeps whole messages until
 * they are taken, and says how far it is and what may come.
 */
export class ReceiveStream {
  readonly id: number;
  /** What comes is bulk. */
  isBulk = false;
  readonly #limits: ReceiveLimits;
  readonly #pool: ReceivePool;
  readonly #arrived = new Queue<Arrival>();
  /** Taken, not settled. */
  #inHand: Arrival | undefined;
  #have = 0;
  #byteOffset = 0;
  #started = 0;
  #done = 0;
  #bytes = 0;
  #doneBytes = 0;
  #messagesMax: number;
  #bytesMax: number;
  #parts: Payload[] | undefined;
  #messageBytes = 0;

  constructor(id: number, initial: Window, parts: { limits: ReceiveLimits; pool: ReceivePool }) {
    this.id = id;
    this.#limits = parts.limits;
    this.#pool = parts.pool;
    this.#messagesMax = initial.messages;
    this.#bytesMax = initial.bytes;
    this.#pool.owe(initial.bytes);
  }

  /** Payload bytes held: received, and not settled. */
  get heldBytes(): number {
    return this.#bytes - this.#doneBytes;
  }

  get readableMessages(): number {
    let count = 0;
    for (const { skippedMessages } of this.#arrived) if (skippedMessages === 0) count++;
    return count;
  }

  get isReadable(): boolean {
    return this.#inHand === undefined && this.#arrived.length > 0;
  }

  /** Whether all that has come was taken, parts of a message included. */
  get isAllStarted(): boolean {
    return this.#started === this.#have && this.#arrived.length === 0 && this.#parts === undefined;
  }

  get isAllDone(): boolean {
    return this.isAllStarted && this.#done === this.#have;
  }

  /** How far everything is handled, if all that was received is; -1 otherwise. */
  get handled(): number {
    return this.#done === this.#have && this.#byteOffset === 0 ? this.#done : -1;
  }

  get ack(): AckFields {
    return {
      have: this.#have,
      byteOffset: this.#byteOffset,
      started: this.#started,
      done: this.#done,
      messagesMax: this.#messagesMax,
      bytesMax: this.#bytesMax,
    };
  }

  get position(): StreamPosition {
    return { stream: this.id, bytes: this.#bytes, ...this.ack };
  }

  /**
   * Takes a frame; returns whether it completed a message. A frame of the past is ignored.
   *
   * @throws {SessionError} for one that is ahead, too long, or more than there is credit for.
   */
  receive(header: DataHeader, payload: Payload, bytes: number): boolean {
    const next = this.#have + 1;
    if (header.message !== next || header.byteOffset !== this.#byteOffset) return this.#ignore(header);
    this.#checkCredit(next, bytes);
    if (header.messageBytes !== -1) return this.#receivePart(header, payload, bytes);
    this.#checkLength(bytes);
    // It may have begun with an empty part on a link before.
    this.#parts = undefined;
    this.#bytes += bytes;
    this.#have = next;
    this.#arrived.push({ payload, bytes, skippedMessages: 0, isForgotten: false });
    return true;
  }

  #ignore({ message, byteOffset, messageBytes }: DataHeader): false {
    const next = this.#have + 1;
    if (message < next) return false;
    if (message === next && byteOffset < this.#byteOffset && messageBytes === this.#messageBytes)
      return false;
    throw new SessionError("SESSION_POSITION_AHEAD", {
      stream: this.id,
      message: next,
      byteOffset: this.#byteOffset,
      got: `${message}@${byteOffset}`,
    });
  }

  #receivePart(header: DataHeader, payload: Payload, bytes: number): boolean {
    if (this.#parts === undefined) this.#begin(header.messageBytes);
    const parts = this.#parts!;
    if (parts.length + 1 > partsMin + this.#messageBytes / partBytesMin) throw this.#mismatch();
    const isOfAnother = parts.length > 0 && typeof parts[0] !== typeof payload;
    if (header.messageBytes !== this.#messageBytes || isOfAnother) throw this.#mismatch();
    if (this.#byteOffset + bytes > this.#messageBytes) throw this.#mismatch();
    // An empty one begins the message, and may come again on each link.
    if (bytes > 0 || parts.length === 0) parts.push(payload);
    this.#byteOffset += bytes;
    this.#bytes += bytes;
    if (this.#byteOffset < this.#messageBytes) return false;
    this.#have++;
    this.#byteOffset = 0;
    this.#parts = undefined;
    const whole = joinParts(parts, this.#messageBytes);
    this.#arrived.push({ payload: whole, bytes: this.#messageBytes, skippedMessages: 0, isForgotten: false });
    return true;
  }

  #begin(messageBytes: number): void {
    this.#checkLength(messageBytes);
    this.#parts = [];
    this.#messageBytes = messageBytes;
  }

  #checkCredit(message: number, bytes: number): void {
    const stream = this.id;
    if (message > this.#messagesMax) {
      const facts = { stream, limit: this.#messagesMax, unit: "messages", got: message };
      throw new SessionError("SESSION_CREDIT_EXCEEDED", facts);
    }
    if (this.#bytes + bytes > this.#bytesMax) {
      const facts = { stream, limit: this.#bytesMax, unit: "bytes", got: this.#bytes + bytes };
      throw new SessionError("SESSION_CREDIT_EXCEEDED", facts);
    }
  }

  #checkLength(bytes: number): void {
    const limit = this.#limits.messageBytesMax;
    if (bytes > limit) throw new SessionError("SESSION_MESSAGE_TOO_LARGE", { bytes, limit });
  }

  #mismatch(): SessionError {
    return new SessionError("SESSION_STREAM_INVALID", {
      stream: this.id,
      what: `has a part that does not fit message ${this.#have + 1}`,
    });
  }

  /**
   * Numbers that will not come.
   *
   * @throws {SessionError} if they are not the next, or more than there is credit for.
   */
  skip(from: number, to: number): void {
    if (to < this.#have + 1) return;
    if (from !== this.#have + 1 || to < from) {
      const place = { stream: this.id, message: this.#have + 1, byteOffset: this.#byteOffset };
      throw new SessionError("SESSION_POSITION_AHEAD", { ...place, got: `${from} to ${to}` });
    }
    this.#checkCredit(to, 0);
    const arrival = {
      payload: "",
      bytes: this.#byteOffset,
      skippedMessages: to - from + 1,
      isForgotten: false,
    };
    this.#arrived.push(arrival);
    this.#have = to;
    this.#byteOffset = 0;
    this.#parts = undefined;
    this.#passSkipped();
  }

  /** The next message: its handler begins. Undefined if there is none, or the one before has not settled. */
  take(): ReceivedMessage | undefined {
    if (this.#inHand !== undefined) return undefined;
    const arrival = this.#arrived.shift();
    if (arrival === undefined) return undefined;
    this.#inHand = arrival;
    if (!arrival.isForgotten) this.#started++;
    return arrival;
  }

  /** The handler of the message taken has settled; returns whether there was one. */
  settle(): boolean {
    const arrival = this.#inHand;
    if (arrival === undefined) return false;
    this.#inHand = undefined;
    if (!arrival.isForgotten) {
      this.#done++;
      this.#release(arrival.bytes);
    }
    this.#passSkipped();
    return true;
  }

  #passSkipped(): void {
    if (this.#inHand !== undefined) return;
    for (
      let next = this.#arrived.first;
      next !== undefined && next.skippedMessages > 0;
      next = this.#arrived.first
    ) {
      this.#arrived.shift();
      this.#started += next.skippedMessages;
      this.#done += next.skippedMessages;
      this.#release(next.bytes);
    }
  }

  #release(bytes: number): void {
    this.#doneBytes += bytes;
    this.#pool.giveBack(bytes);
  }

  /** Whether the credit should be given back before it runs out. */
  get isCreditDue(): boolean {
    const { messages, bytes } = this.#limits.window;
    return (
      (this.#done + messages - this.#messagesMax) * 2 >= messages ||
      (this.#doneBytes + bytes - this.#bytesMax) * 2 >= bytes
    );
  }

  /** The credit that the message which has begun lacks; 0 if it can end. */
  get lackingBytes(): number {
    if (this.#parts === undefined) return 0;
    return Math.max(0, this.#bytes - this.#byteOffset + this.#messageBytes - this.#bytesMax);
  }

  /** Raises the credit as far as window and pool allow; returns whether the pool had enough for it. To be told after. */
  grant(): boolean {
    this.#messagesMax = Math.max(this.#messagesMax, this.#done + this.#limits.window.messages);
    return this.grantBytes();
  }

  /** The same of bytes alone. */
  grantBytes(): boolean {
    const { bytes } = this.#limits.window;
    const wanted = this.#doneBytes + bytes - this.#bytesMax;
    const drawn = this.#pool.draw(wanted);
    this.#bytesMax += drawn;
    const lacking = this.lackingBytes;
    if (lacking === 0) return drawn >= wanted;
    if (!this.#pool.drawForMessage(lacking)) return false;
    this.#bytesMax += lacking;
    return true;
  }

  /** All that another process needs to go on. A handler that has begun counts as settled: it runs here, once. */
  export(): ReceiveState {
    this.settle();
    return {
      id: this.id,
      isBulk: this.isBulk,
      arrived: [...this.#arrived],
      numbers: [this.#have, this.#started, this.#done, this.#messagesMax],
      bytes: [this.#byteOffset, this.#bytes, this.#doneBytes, this.#bytesMax],
      parts: this.#parts,
      messageBytes: this.#messageBytes,
    };
  }

  /** Goes on where another process stopped. */
  import(state: ReceiveState): void {
    this.isBulk = state.isBulk;
    this.#arrived.prepend(state.arrived);
    const before = this.#bytesMax;
    [this.#have, this.#started, this.#done, this.#messagesMax] = state.numbers;
    [this.#byteOffset, this.#bytes, this.#doneBytes, this.#bytesMax] = state.bytes;
    this.#parts = state.parts === undefined ? undefined : [...state.parts];
    this.#messageBytes = state.messageBytes;
    this.#pool.owe(this.#bytesMax - this.#doneBytes - before);
  }

  /** The numbers that the other end may have sent and that did not come: the session was lost. */
  get unreceived(): { from: number; to: number } | undefined {
    return this.#have < this.#messagesMax ? { from: this.#have + 1, to: this.#messagesMax } : undefined;
  }

  /** Hands what has come to another stream, of the session that follows: it will be handled there. */
  leaveTo(successor: ReceiveStream): void {
    for (const arrival of this.#arrived) {
      if (arrival.skippedMessages > 0) continue;
      successor.#arrived.push({ ...arrival, isForgotten: true });
    }
    if (this.#inHand !== undefined) successor.#inHand = { ...this.#inHand, isForgotten: true };
  }
}

function joinParts(parts: readonly Payload[], bytes: number): Payload {
  if (typeof parts[0] === "string") return parts.join("");
  const whole = new Uint8Array(bytes);
  let byteOffset = 0;
  for (const part of parts as readonly Uint8Array[]) {
    whole.set(part, byteOffset);
    byteOffset += part.length;
  }
  return whole;
}
