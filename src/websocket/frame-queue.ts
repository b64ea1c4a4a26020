import { Opcode } from "../protocol/index.ts";

/** What a segment costs besides its bytes, mostly for a buffer of its own; so that frames without payload count, too. */
const segmentOverheadBytes = 384;

/** Whole frames that lie together, and perhaps the payload of the last of them. */
export class Segment {
  buffer: Uint8Array;
  readonly start: number;
  end: number;
  /** A large payload, sent after `buffer[start, end)` without a copy. */
  body: Uint8Array | undefined = undefined;
  /** What this counts in `bufferedAmount`. */
  payloadBytes = 0;
  /** `buffer` belongs to this connection and has room behind `end`. */
  isSpill = false;
  /** What is sent after it. */
  next: Segment | undefined = undefined;

  constructor(buffer: Uint8Array, start: number, end: number) {
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  /** What it retains. */
  get bytes(): number {
    return segmentOverheadBytes + this.end - this.start + (this.body === undefined ? 0 : this.body.length);
  }
}

/** Frames that wait, urgent ones before the others: a list, which costs nothing while it is empty. */
export class FrameQueue {
  first: Segment | undefined;
  last: Segment | undefined;
  length = 0;
  /** What the segments retain. */
  bytes = 0;
  payloadBytes = 0;
  #lastUrgent: Segment | undefined;

  append(segment: Segment): void {
    this.#insert(segment, this.last);
  }

  /** Adds a control frame, after those that are urgent, too. */
  addUrgent(segment: Segment): void {
    this.#insert(segment, this.#lastUrgent);
    this.#lastUrgent = segment;
  }

  /** Lets the last segment reach to `end`. */
  extendLast(last: Segment, end: number, payloadBytes: number): void {
    this.bytes += end - last.end;
    this.payloadBytes += payloadBytes;
    last.end = end;
    last.payloadBytes += payloadBytes;
  }

  /** Removes the first segment. */
  shift(segment: Segment): void {
    this.#remove(segment, undefined);
  }

  /** Removes a pong that waits. */
  removePong(): void {
    let before: Segment | undefined;
    for (let one = this.first; one !== undefined && this.#lastUrgent !== undefined; one = one.next) {
      if ((one.buffer[0]! & 0x0f) === Opcode.Pong) {
        this.#remove(one, before);
        return;
      }
      if (one === this.#lastUrgent) return;
      before = one;
    }
  }

  clear(): void {
    this.first = undefined;
    this.last = undefined;
    this.#lastUrgent = undefined;
    this.length = 0;
    this.bytes = 0;
    this.payloadBytes = 0;
  }

  #insert(segment: Segment, before: Segment | undefined): void {
    segment.next = before === undefined ? this.first : before.next;
    if (before === undefined) this.first = segment;
    else before.next = segment;
    if (segment.next === undefined) this.last = segment;
    this.length++;
    this.bytes += segment.bytes;
    this.payloadBytes += segment.payloadBytes;
  }

  #remove(segment: Segment, before: Segment | undefined): void {
    if (before === undefined) this.first = segment.next;
    else before.next = segment.next;
    if (segment === this.last) this.last = before;
    if (segment === this.#lastUrgent) this.#lastUrgent = before;
    this.length--;
    this.bytes -= segment.bytes;
    this.payloadBytes -= segment.payloadBytes;
  }
}
