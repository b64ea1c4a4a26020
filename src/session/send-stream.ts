import type { AckFields, StreamPosition } from "./ack.ts";
import { writeDataHeader } from "./data-header.ts";
import { BufferFullError, SessionError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Payload, SkipReason, StreamKind } from "./message.ts";
import { Queue } from "./queue.ts";
import { sessionDefaults } from "./session-defaults.ts";
import { cutText } from "./utf8.ts";

const latestKeysMax = sessionDefaults.latestKeysMax;

/** How much of a long message goes into one frame: little enough that others need not wait long behind it. */
export const fragmentBytesMax = 16 * 1024;

/** While credit is left for less than this, the rest of a message waits for more of it. */
const fragmentBytesMin = 1024;

/** What all streams of a session have accepted and the peer has not started. */
export interface Buffered {
  bytes: number;
  messages: number;
}

/** A message as it is exported: its age in place of a time. */
export interface SavedMessage {
  readonly payload: Payload;
  readonly bytes: number;
  readonly key: string;
  /** Milliseconds since then. */
  readonly acceptedAt: number;
  readonly ordinal: number;
  readonly skipped: SkipReason | undefined;
}

/** The sending half of a stream, to be imported elsewhere. */
export interface SendState {
  readonly id: number;
  readonly waiting: readonly SavedMessage[];
  readonly retained: readonly SavedMessage[];
  /** Numbered, have and its byte offset, started, done, next. */
  readonly numbers: readonly [number, number, number, number, number, number];
  readonly accepted: number;
  readonly shifts: readonly { readonly from: number; readonly shift: number }[];
  /** Messages and bytes. */
  readonly credit: readonly [number, number];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Entry {
  payload: Payload;
  bytes: number;
  readonly key: string;
  acceptedAt: number;
  /** It was accepted as the how-manieth of the stream, whatever number it gets in this session or the next. */
  readonly ordinal: number;
  /** Why it is not transmitted again. */
  skipped: SkipReason | undefined;
}

/** Messages without an end in sight: what `transmit` returns when it can do nothing. */
export const nothing = -1;

/**
 * The sending half of a stream: what was accepted and not yet started by the peer, its numbers, and the peer's credit.
 * Waiting messages have no number; they get it when first transmitted.
 */
export class SendStream {
  /** The number on the wire; -1 until the stream is first used. */
  id = nothing;
  /** Whether the peer is known to know the stream's name, or was told on this link. */
  isNamed = false;
  readonly #kind: StreamKind;
  readonly #waiting = new Queue<Entry>();
  /** What was numbered and is not yet started; the first one's number is `#started` + 1. */
  readonly #retained = new Queue<Entry>();
  #numbered = 0;
  #have = 0;
  #haveByteOffset = 0;
  #started = 0;
  #done = 0;
  /** What is transmitted next: a byte of a message, which in text is a character, too. */
  #next = 1;
  #byteOffset = 0;
  #characterOffset = 0;
  /** Whether the peer was told on this link how long the message is. */
  #hasAnnounced = false;
  #transmittedBytes = 0;
  #accepted = 0;
  /** From which number on ordinals are how far ahead of numbers. */
  #shifts: { readonly from: number; readonly shift: number }[] | undefined;
  #messagesMax = 0;
  #bytesMax = 0;
  readonly #buffered: Buffered;
  #bufferedBytes = 0;
  #droppedMessages = 0;

  constructor(kind: StreamKind, buffered: Buffered) {
    this.#kind = kind;
    this.#buffered = buffered;
  }

  /** Payload bytes accepted and not yet started. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Messages of a `latest` or `lossy` stream that were left out. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  /** Whether something is to be transmitted, with credit or without. */
  get hasWork(): boolean {
    return this.#next <= this.#numbered || this.#waiting.length > 0;
  }

  /** Whether a numbered message is yet to be transmitted to its end. */
  get hasBegun(): boolean {
    return this.#next <= this.#numbered;
  }

  get isAllStarted(): boolean {
    return this.#waiting.length === 0 && this.#started === this.#numbered;
  }

  get isAllDone(): boolean {
    return this.#waiting.length === 0 && this.#done === this.#numbered;
  }

  /** Whether a message waits for its number. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** When the message that waits longest was accepted. */
  get oldestAcceptedAt(): number | undefined {
    let oldest = this.#waiting.first?.acceptedAt;
    if (this.#kind !== "latest") return oldest;
    // A newer message took the place of an older one of its key.
    for (const { acceptedAt } of this.#waiting) oldest = Math.min(oldest!, acceptedAt);
    return oldest;
  }

  setCredit(messagesMax: number, bytesMax: number): void {
    this.#messagesMax = messagesMax;
    this.#bytesMax = bytesMax;
  }

  accept(payload: Payload, bytes: number, { key, acceptedAt }: { key: string; acceptedAt: number }): void {
    const older = this.#kind === "latest" ? this.#waiting.find((entry) => entry.key === key) : undefined;
    if (this.#kind === "latest" && older === undefined) this.#checkKeys();
    this.#count(bytes, 1);
    if (older !== undefined) return this.#replace(older, { payload, bytes, acceptedAt });
    this.#waiting.push({ payload, bytes, key, acceptedAt, ordinal: ++this.#accepted, skipped: undefined });
  }

  #checkKeys(): void {
    const { length } = this.#waiting;
    if (length >= latestKeysMax) throw new BufferFullError(length, latestKeysMax, "keys");
  }

  #replace(entry: Entry, newer: Pick<Entry, "payload" | "bytes" | "acceptedAt">): void {
    this.#count(-entry.bytes, -1);
    this.#droppedMessages++;
    Object.assign(entry, newer);
  }

  #count(bytes: number, messages: number): void {
    this.#bufferedBytes += bytes;
    this.#buffered.bytes += bytes;
    this.#buffered.messages += messages;
  }

  /** A lossy stream forgets what could not be transmitted at once. */
  dropWaiting(): void {
    if (this.#kind === "lossy" && this.#waiting.length > 0)
      this.#droppedMessages += this.#takeWaiting(() => true).length;
  }

  /** Forgets messages that the peer would not take, and returns them. */
  removeLarger(bytesMax: number): Payload[] {
    return this.#takeWaiting((entry) => entry.bytes > bytesMax);
  }

  /** Forgets what has waited for so long, and returns it. */
  expire(now: number, ageMsMax: number): Payload[] {
    // Reckoned as the time of waking is: in floating point a difference may round otherwise.
    return this.#takeWaiting((entry) => entry.acceptedAt + ageMsMax <= now);
  }

  #takeWaiting(isUnwanted: (entry: Entry) => boolean): Payload[] {
    return this.#waiting.remove(isUnwanted).map(({ payload, bytes }) => {
      this.#count(-bytes, -1);
      return payload;
    });
  }

  /**
   * Transmits the next frame, and returns its payload's bytes, or `nothing` if there is none or no credit for it.
   * `handled` goes into its header; -1 for nothing to say.
   */
  transmit(link: Link, handled: number, mayNumber: boolean): number {
    if (this.#next > this.#numbered) {
      if (!mayNumber || this.#numbered >= this.#messagesMax) return nothing;
      const entry = this.#waiting.first;
      return entry === undefined ? nothing : this.#transmitEntry(entry, link, handled);
    }
    const entry = this.#retained.at(this.#next - this.#started - 1)!;
    if (entry.skipped !== undefined) return this.#transmitSkip(entry.skipped, link);
    return this.#transmitEntry(entry, link, handled);
  }

  #transmitEntry(entry: Entry, link: Link, handled: number): number {
    const room = this.#bytesMax - this.#transmittedBytes;
    const { bytes, payload } = entry;
    if (this.#byteOffset !== 0 || bytes > fragmentBytesMax || bytes > room)
      return this.#transmitPart(entry, link, { handled, room });
    const header =
      this.id === 0 && handled === -1
        ? `${this.#next}:`
        : writeDataHeader(this.id, this.#next, { byteOffset: 0, messageBytes: -1, handled });
    this.#number();
    this.#transmittedBytes += bytes;
    this.#moveOn();
    send(link, header, payload);
    return bytes;
  }

  #transmitPart(entry: Entry, link: Link, frame: { handled: number; room: number }): number {
    const left = entry.bytes - this.#byteOffset;
    const isLast = left <= fragmentBytesMax && left <= frame.room;
    // With nothing under way no credit would come back: the message has to begin for the peer to know its length.
    const mustBegin = !this.#hasAnnounced && this.#done === this.#next - 1;
    if (!isLast && frame.room < fragmentBytesMin && !mustBegin) return nothing;
    const part = this.#cut(entry.payload, isLast ? left : Math.min(fragmentBytesMax, frame.room));
    const header = writeDataHeader(this.id, this.#next, {
      byteOffset: this.#byteOffset,
      messageBytes: entry.bytes,
      handled: frame.handled,
    });
    this.#number();
    this.#hasAnnounced = true;
    this.#transmittedBytes += part.bytes;
    this.#byteOffset += part.bytes;
    this.#characterOffset = part.end;
    if (this.#byteOffset === entry.bytes) this.#moveOn();
    send(link, header, part.payload);
    return part.bytes;
  }

  #cut(payload: Payload, bytesMax: number): { payload: Payload; bytes: number; end: number } {
    const start = this.#characterOffset;
    if (typeof payload === "string") {
      const { end, bytes } = cutText(payload, start, bytesMax);
      return { payload: payload.slice(start, end), bytes, end };
    }
    const end = start + bytesMax;
    return { payload: payload.subarray(start, end), bytes: bytesMax, end };
  }

  /** Says that the next messages will not come, up to the first that will. */
  #transmitSkip(reason: SkipReason, link: Link): number {
    const from = this.#next;
    while (this.#retained.at(this.#next - this.#started - 1)?.skipped === reason) this.#moveOn();
    link.sendText(`skip ${this.id} ${from} ${this.#next - 1} ${reason}`);
    return 0;
  }

  #number(): void {
    if (this.#next <= this.#numbered) return;
    const entry = this.#waiting.shift()!;
    const shift = entry.ordinal - ++this.#numbered;
    if (shift !== (this.#shifts?.at(-1)?.shift ?? 0)) this.#noteShift(shift);
    this.#retained.push(entry);
  }

  #noteShift(shift: number): void {
    const needed =
      this.#shifts?.filter((_, index, all) => (all[index + 1]?.from ?? Infinity) > this.#done) ?? [];
    this.#shifts = [...needed, { from: this.#numbered, shift }];
  }

  #moveOn(): void {
    this.#hasAnnounced = false;
    this.#next++;
    this.#byteOffset = 0;
    this.#characterOffset = 0;
  }

  /**
   * Takes the peer's acknowledgement; returns how many more bytes it has received.
   *
   * @throws {SessionError} SESSION_ACK_INVALID.
   */
  acknowledge(ack: AckFields): number {
    this.#check(ack);
    const received = this.#bytesBetween(ack);
    this.#have = ack.have;
    this.#haveByteOffset = ack.byteOffset;
    this.#start(ack.started);
    this.#done = ack.done;
    this.#messagesMax = ack.messagesMax;
    this.#bytesMax = ack.bytesMax;
    return received;
  }

  /** What the peer has received since its acknowledgement before. */
  #bytesBetween({ have, byteOffset }: AckFields): number {
    let bytes = byteOffset - this.#haveByteOffset;
    for (let number = this.#have + 1; number <= have; number++)
      bytes += this.#retained.at(number - this.#started - 1)!.bytes;
    return bytes;
  }

  /** The header's short form: everything up to there, and nothing of credit. */
  acknowledgeHandled(handled: number): void {
    if (handled < this.#have || handled >= this.#next) throw this.#invalid(`handled ${handled}`);
    this.#have = handled;
    this.#haveByteOffset = 0;
    this.#start(handled);
    this.#done = handled;
  }

  /** The peer knows that the other side handled everything: what is left is no longer needed. */
  acknowledgeAll(): void {
    this.#start(this.#numbered);
    this.#done = this.#numbered;
  }

  #check({ have, started, done, messagesMax, bytesMax, byteOffset }: AckFields): void {
    if (have < this.#have || started < this.#started || done < this.#done)
      throw this.#invalid(`${have} ${started} ${done} is less than before`);
    if (have === this.#have && byteOffset < this.#haveByteOffset)
      throw this.#invalid(`${have}@${byteOffset} is less than before`);
    if (messagesMax < this.#messagesMax || bytesMax < this.#bytesMax) throw this.#invalid("credit falls");
    const isAhead = have >= this.#next || (have === this.#next - 1 && byteOffset > this.#byteOffset);
    if (isAhead) throw this.#invalid(`${have}@${byteOffset} was not sent`);
    if (have < started || started < done) throw this.#invalid(`${have} ${started} ${done} is out of order`);
    const isPastEnd = byteOffset > 0 && byteOffset >= this.#retained.at(have - this.#started)!.bytes;
    if (isPastEnd) throw this.#invalid(`${have}@${byteOffset} was not sent`);
  }

  #start(started: number): void {
    while (this.#started < started) {
      this.#count(-this.#retained.shift()!.bytes, -1);
      this.#started++;
    }
  }

  #invalid(what: string): SessionError {
    return new SessionError("SESSION_ACK_INVALID", { stream: this.id, what });
  }

  /**
   * Goes on from where the peer is, on another link.
   *
   * @throws {SessionError} SESSION_ACK_INVALID.
   */
  rewind(position: StreamPosition): void {
    this.acknowledge(position);
    const entry = this.#retained.at(position.have - this.#started);
    const cut = cutAt(entry?.payload ?? "", position.byteOffset);
    if (cut === undefined) throw this.#invalid(`${position.have}@${position.byteOffset} was not sent`);
    this.#next = position.have + 1;
    this.#byteOffset = position.byteOffset;
    this.#characterOffset = cut;
    this.#hasAnnounced = position.byteOffset > 0;
    this.#transmittedBytes = position.bytes;
    this.#skipOutdated();
  }

  /** What need not be transmitted again. */
  #skipOutdated(): void {
    if (this.#kind === "reliable") return;
    const newer = new Set<string>();
    for (const { key } of this.#waiting) newer.add(key);
    // The next may have begun at the peer, with credit that was lent to this message: it has to end.
    for (let number = this.#numbered; number > this.#have + 1; number--) {
      const entry = this.#retained.at(number - this.#started - 1)!;
      if (entry.skipped === undefined && (this.#kind === "lossy" || newer.has(entry.key))) {
        entry.skipped = this.#kind === "lossy" ? "dropped" : "superseded";
        this.#droppedMessages++;
      }
      newer.add(entry.key);
    }
  }

  /** What was transmitted and is not known as handled, by the order of acceptance. */
  get unknown(): Range[] {
    return this.#ordinals(this.#done + 1, this.#next - 1);
  }

  /** What was accepted and is not known as handled. */
  get unhandled(): Range[] {
    const ranges = this.#ordinals(this.#done + 1, this.#numbered);
    const waiting = this.#waiting.first;
    if (waiting !== undefined) ranges.push({ from: waiting.ordinal, to: this.#accepted });
    return ranges;
  }

  #ordinals(fromNumber: number, toNumber: number): Range[] {
    const ranges: Range[] = [];
    const shifts = [{ from: 1, shift: 0 }, ...(this.#shifts ?? [])];
    for (const [index, { from: since, shift }] of shifts.entries()) {
      const from = Math.max(since, fromNumber);
      const to = Math.min((shifts[index + 1]?.from ?? Infinity) - 1, toNumber);
      if (from <= to) ranges.push({ from: from + shift, to: to + shift });
    }
    return ranges;
  }

  /** How many messages of this session were transmitted to their end. */
  get transmittedMessages(): number {
    return this.#next - 1;
  }

  /** All that another process needs to go on. Ages are what has passed. */
  export(now: number): SendState {
    const save = (entry: Entry): SavedMessage => ({ ...entry, acceptedAt: now - entry.acceptedAt });
    return {
      id: this.id,
      waiting: Array.from(this.#waiting, save),
      retained: Array.from(this.#retained, save),
      numbers: [this.#numbered, this.#have, this.#haveByteOffset, this.#started, this.#done, this.#next],
      accepted: this.#accepted,
      shifts: this.#shifts ?? [],
      credit: [this.#messagesMax, this.#bytesMax],
    };
  }

  /** Goes on where another process stopped; the peer's position follows in a resume. */
  import(state: SendState, now: number): void {
    const load = (entry: SavedMessage): Entry => ({ ...entry, acceptedAt: now - entry.acceptedAt });
    this.id = state.id;
    this.#waiting.prepend(state.waiting.map(load));
    this.#retained.prepend(state.retained.map(load));
    for (const { bytes } of [...this.#waiting, ...this.#retained]) this.#count(bytes, 1);
    [this.#numbered, this.#have, this.#haveByteOffset, this.#started, this.#done, this.#next] = state.numbers;
    this.#accepted = state.accepted;
    this.#shifts = [...state.shifts];
    [this.#messagesMax, this.#bytesMax] = state.credit;
    // A part that was under way is sent again, or the peer's position says that it has it.
    this.#byteOffset = this.#retained.at(this.#next - this.#started - 1)?.bytes ?? 0;
  }

  /** The session was lost: begins anew with what the peer cannot have whole. */
  reset(): void {
    this.#start(this.#next - 1);
    const again = this.#retained.remove((entry) => entry.skipped === undefined);
    for (const { bytes } of this.#retained) this.#count(-bytes, -1);
    this.#retained.clear();
    this.#waiting.prepend(again);
    if (this.id !== 0) this.id = nothing;
    this.isNamed = false;
    this.#numbered = this.#have = this.#started = this.#done = 0;
    this.#shifts = undefined;
    this.#hasAnnounced = false;
    this.#next = 1;
    this.#byteOffset = this.#characterOffset = this.#transmittedBytes = 0;
    this.#haveByteOffset = this.#messagesMax = this.#bytesMax = 0;
  }
}

/** Where in the payload a byte of it is, if a character begins there; undefined if none does. */
function cutAt(payload: Payload, byteOffset: number): number | undefined {
  if (typeof payload !== "string") return byteOffset;
  const { end, bytes } = cutText(payload, 0, byteOffset);
  return bytes === byteOffset ? end : undefined;
}

function send(link: Link, header: string, payload: Payload): void {
  if (typeof payload === "string") link.sendText(header + payload);
  else link.sendBinary(joinBinary(header, payload));
}

function joinBinary(header: string, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(header.length + payload.length);
  for (let index = 0; index < header.length; index++) frame[index] = header.charCodeAt(index);
  frame.set(payload, header.length);
  return frame;
}
