import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { FIN, Opcode, type Role } from "../protocol/index.ts";
import { arenaPayloadMax, frameArena, frameInOwnBuffer, utf8BytesPerUnitMax } from "./frame-arena.ts";

/** How much is given to the transport before looking whether it took it. */
const batchBytesMax = 256 * 1024;
/** A larger frame is given in pieces of this size, so that a slow peer is seen to be alive by what it takes. */
const pieceBytesMax = 512 * 1024;
/** Up to this much may be on its way to a transport that is not known to be full. */
const roomBytes = 64 * 1024;
/** Frames that wait are moved out of the shared arena into buffers of at least this size. */
const spillBytesMin = 4 * 1024;
/** So many frames that lie apart may wait for the end of a turn where they are: each could hold an arena of its own. */
const looseSegmentsMax = 32;
/** What a segment costs besides its bytes, mostly for a buffer of its own; so that frames without payload count, too. */
const segmentOverheadBytes = 384;
const nothing = Buffer.alloc(0);

/** Whole frames that lie together, and perhaps the payload of the last of them. */
interface Segment {
  readonly buffer: Uint8Array;
  readonly start: number;
  end: number;
  /** A large payload, sent after `buffer[start, end)` without a copy. */
  readonly body: Uint8Array | undefined;
  /** What this counts in `bufferedAmount`. */
  payloadBytes: number;
  /** `buffer` belongs to this connection and has room behind `end`. */
  readonly isSpill?: true;
}

/** What is left of a large frame whose first piece was given to the transport: nothing may come between. */
interface Rest {
  readonly bytes: Uint8Array;
  at: number;
  payloadBytes: number;
}

export interface OutboxOwner {
  /** The transport took what it had not taken at once. */
  handleTaken(): void;
  /** Nothing waits any more after something had to, or after `watch`. */
  handleDrain(): void;
}

export interface OutgoingFrame {
  /** FIN, RSV bits and opcode. */
  readonly first: number;
  readonly payload: Uint8Array;
  /** What it counts in `bufferedAmount`: the payload before compression; 0 for a control frame. */
  readonly payloadBytes: number;
}

/**
 * What a connection has to send. Frames are gathered and given to the transport together by `flush`: once per input
 * chunk or per turn of user code, not once per message. While the transport has not taken all of that, further frames
 * stay here, where a ping, a pong or a failure's Close frame can still overtake them, between frames.
 */
export class Outbox {
  readonly #transport: Duplex;
  readonly #masks: boolean;
  readonly #keepsNothing: boolean;
  readonly #owner: OutboxOwner;
  #segments: Segment[] = [];
  /** Control frames that go before `#segments`. */
  #urgent: Segment[] = [];
  #rest: Rest | undefined;
  #queuedBytes = 0;
  #queuedPayload = 0;
  /** Payload given to the transport since it had taken all that it was given before. */
  #handedPayload = 0;
  /** Payload that will never leave; `bufferedAmount` goes on counting it, as the standard says. */
  #lostPayload = 0;
  /** `full`: the transport has not taken all that it was given. */
  #state: "ready" | "full" | "ended" = "ready";
  #endsWhenFlushed = false;
  /** The owner is to hear when nothing waits any more. */
  #isWatched = false;

  constructor(transport: Duplex, role: Role, owner: OutboxOwner) {
    this.#transport = transport;
    this.#masks = role === "client";
    this.#owner = owner;
    // Once the kernel took all of a write, nothing refers to its bytes; another kind of stream may keep them.
    this.#keepsNothing = transport instanceof Socket;
  }

  /** Payload bytes accepted but not yet taken by the operating system. */
  get bufferedAmount(): number {
    const { destroyed, writableLength } = this.#transport;
    // A destroyed transport has forgotten what it had not sent; the amount is not reset for all that.
    const unsent = destroyed ? this.#handedPayload : Math.min(this.#handedPayload, writableLength);
    return this.#queuedPayload + unsent + this.#lostPayload;
  }

  /** All bytes that are retained here and in the transport, headers and control frames included. */
  get retainedBytes(): number {
    return this.#queuedBytes + this.#transport.writableLength;
  }

  /** Whether what is added will be given to the transport soon: it has taken all, and little else is to be given. */
  get hasRoom(): boolean {
    return this.#state !== "full" && this.#queuedBytes < roomBytes;
  }

  /** Asks for `handleDrain` as soon as nothing waits, also if nothing will have had to wait long. */
  watch(): void {
    this.#isWatched = true;
  }

  /** Adds a text message; a short one is encoded straight into place. */
  addText(text: string): void {
    if (text.length * utf8BytesPerUnitMax > arenaPayloadMax) {
      const payload = Buffer.from(text, "utf8");
      this.add({ first: FIN | Opcode.Text, payload, payloadBytes: payload.length });
    } else {
      this.#appendWritten(frameArena.writeText(text, this.#masks));
    }
  }

  /** Adds a frame. A server's large payload is, as a rule, not copied and must not change until it has left. */
  add({ first, payload, payloadBytes }: OutgoingFrame): void {
    if (payload.length <= arenaPayloadMax) {
      frameArena.write(first, payload, this.#masks);
      this.#appendWritten(payloadBytes);
    } else if (this.#masks) {
      this.addShared(frameInOwnBuffer(first, payload, true), payloadBytes);
    } else {
      frameArena.writeHeader(first, payload.length);
      const header = Buffer.from(frameArena.buffer.subarray(frameArena.start, frameArena.end));
      frameArena.release(frameArena.buffer, frameArena.start, frameArena.end);
      // A small part of a large buffer, such as a message of the chunk it came in, would hold all of that while it waits.
      const holdsMore = this.#state === "full" && payload.length * 2 < payload.buffer.byteLength;
      const body = holdsMore ? Uint8Array.from(payload) : payload;
      this.#append({ buffer: header, start: 0, end: header.length, body, payloadBytes });
    }
  }

  /** Adds frames that others send too; the bytes must never change. */
  addShared(frames: Uint8Array, payloadBytes: number): void {
    this.#append({ buffer: frames, start: 0, end: frames.length, body: undefined, payloadBytes });
  }

  /** Adds a control frame that overtakes whatever waits. */
  addUrgent(opcode: number, payload: Uint8Array): void {
    const frame = frameInOwnBuffer(FIN | opcode, payload, this.#masks);
    const segment = { buffer: frame, start: 0, end: frame.length, body: undefined, payloadBytes: 0 };
    this.#urgent.push(segment);
    this.#queuedBytes += retainedBytesOf(segment);
  }

  /**
   * Adds a pong, which overtakes whatever waits. Of pongs that wait only the newest is kept, as RFC 6455 §5.5.3 allows,
   * so that pings of a peer that does not read cost nothing that grows.
   */
  addPong(payload: Uint8Array): void {
    if (this.#state === "full") {
      const waiting = this.#urgent.findIndex(({ buffer }) => (buffer[0]! & 0x0f) === Opcode.Pong);
      if (waiting !== -1) this.#queuedBytes -= retainedBytesOf(this.#urgent.splice(waiting, 1)[0]!);
    }
    this.addUrgent(Opcode.Pong, payload);
  }

  /** Gives the transport what it takes. */
  flush(): void {
    while (this.#state === "ready" && this.#queuedBytes > 0) {
      if (this.#rest !== undefined) this.#writePiece(this.#rest);
      else if (this.#urgent.length === 0 && this.#segments.length === 1) this.#writeOnly(this.#segments[0]!);
      else this.#writeBatch();
      if (this.#transport.writableLength > 0) this.#awaitTransport();
      else this.#handedPayload = 0;
    }
    // Told in a later turn: who sends more whenever it is told would otherwise keep the event loop to itself.
    if (this.#isWatched && this.#state === "ready") setImmediate(tellDrained, this);
    if (this.#endsWhenFlushed && this.#queuedBytes === 0 && this.#state !== "ended") {
      this.#state = "ended";
      this.#transport.end();
    }
  }

  /** Tells the owner if nothing waits and it has not been told. */
  tellDrained(): void {
    if (!this.#isWatched || this.#state !== "ready" || this.#queuedBytes > 0) return;
    this.#isWatched = false;
    this.#owner.handleDrain();
  }

  /** Ends the transport after what is queued. */
  endWhenFlushed(): void {
    this.#endsWhenFlushed = true;
    this.flush();
  }

  /** Gives up the frames that the transport has not been given anything of. One that was begun goes on to its end. */
  abandonQueued(): void {
    const restPayload = this.#rest?.payloadBytes ?? 0;
    this.#lostPayload += this.#queuedPayload - restPayload;
    this.#segments = [];
    this.#urgent = [];
    this.#queuedBytes = this.#rest === undefined ? 0 : this.#rest.bytes.length - this.#rest.at;
    this.#queuedPayload = restPayload;
  }

  /** The transport is gone: nothing is retained, `bufferedAmount` stays as it was. */
  close(): void {
    this.#lostPayload = this.bufferedAmount - this.#queuedPayload;
    this.abandonQueued();
    this.#lostPayload += this.#queuedPayload;
    this.#rest = undefined;
    this.#queuedBytes = 0;
    this.#queuedPayload = 0;
    this.#handedPayload = 0;
    this.#state = "ended";
  }

  /** Counts payload that is accepted, as the standard says, but will not be sent. */
  discard(payloadBytes: number): void {
    this.#lostPayload += payloadBytes;
  }

  /** Queues the frame that the arena wrote last. */
  #appendWritten(payloadBytes: number): void {
    const { buffer, start, end } = frameArena;
    const last = this.#segments.at(-1);
    const isAdjacent = last !== undefined && last.buffer === buffer && last.end === start;
    if (this.#state === "full") this.#spill(last, payloadBytes);
    else if (isAdjacent) this.#extend(last, end, payloadBytes);
    else if (this.#segments.length >= looseSegmentsMax) this.#spill(last, payloadBytes);
    else this.#append({ buffer, start, end, body: undefined, payloadBytes });
  }

  /**
   * Moves the frame that the arena wrote last to a buffer of this connection's own: what waits for a slow peer would
   * otherwise hold a whole arena for each few bytes of it.
   */
  #spill(last: Segment | undefined, payloadBytes: number): void {
    const { buffer, start, end } = frameArena;
    const bytes = end - start;
    if (last?.isSpill === true && last.end + bytes <= last.buffer.length) {
      last.buffer.set(buffer.subarray(start, end), last.end);
      this.#extend(last, last.end + bytes, payloadBytes);
    } else {
      const own = Buffer.allocUnsafeSlow(Math.max(bytes, spillBytesMin));
      own.set(buffer.subarray(start, end));
      this.#append({ buffer: own, start: 0, end: bytes, body: undefined, payloadBytes, isSpill: true });
    }
    frameArena.release(buffer, start, end);
  }

  /** Gives back the room behind the last frames, which others are to follow: they would hold it for as long as they wait. */
  #trimLast(): void {
    const last = this.#segments.at(-1);
    if (last?.isSpill !== true || last.end * 2 > last.buffer.length) return;
    const { payloadBytes, end } = last;
    const buffer = Buffer.from(last.buffer.subarray(0, end));
    this.#segments[this.#segments.length - 1] = { buffer, start: 0, end, body: undefined, payloadBytes };
  }

  #extend(segment: Segment, end: number, payloadBytes: number): void {
    this.#queuedBytes += end - segment.end;
    this.#queuedPayload += payloadBytes;
    segment.end = end;
    segment.payloadBytes += payloadBytes;
  }

  #append(segment: Segment): void {
    this.#trimLast();
    this.#segments.push(segment);
    this.#queuedBytes += retainedBytesOf(segment);
    this.#queuedPayload += segment.payloadBytes;
  }

  #writeOnly(segment: Segment): void {
    this.#segments.length = 0;
    if (segment.body === undefined) {
      this.#write(segment);
    } else {
      this.#transport.cork();
      this.#write(segment);
      this.#transport.uncork();
    }
    if (this.#keepsNothing && this.#transport.writableLength === 0) {
      frameArena.release(segment.buffer, segment.start, segment.end);
    }
  }

  #writeBatch(): void {
    this.#transport.cork();
    for (const segment of this.#urgent) this.#write(segment);
    this.#urgent.length = 0;
    let count = 0;
    for (let bytes = 0; count < this.#segments.length && bytes < batchBytesMax; count++) {
      const segment = this.#segments[count]!;
      this.#write(segment);
      // Of a frame that is larger than a batch there is a rest now.
      bytes += retainedBytesOf(segment);
    }
    this.#segments.splice(0, count);
    this.#transport.uncork();
  }

  #write(segment: Segment): void {
    const { buffer, start, end, body, payloadBytes } = segment;
    const first = start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end);
    const bytes = body ?? first;
    this.#queuedBytes -= retainedBytesOf(segment);
    if (body !== undefined) this.#transport.write(first);
    if (bytes.length > pieceBytesMax) {
      this.#rest = { bytes, at: 0, payloadBytes };
      this.#queuedBytes += bytes.length;
      this.#writePiece(this.#rest);
    } else {
      this.#handedPayload += payloadBytes;
      this.#queuedPayload -= payloadBytes;
      this.#transport.write(bytes);
    }
  }

  #writePiece(rest: Rest): void {
    const { bytes, at } = rest;
    const end = Math.min(at + pieceBytesMax, bytes.length);
    const isLast = end === bytes.length;
    const payloadBytes = isLast ? rest.payloadBytes : Math.min(end - at, rest.payloadBytes);
    this.#handedPayload += payloadBytes;
    this.#queuedBytes -= end - at;
    this.#queuedPayload -= payloadBytes;
    rest.payloadBytes -= payloadBytes;
    rest.at = end;
    if (isLast) this.#rest = undefined;
    this.#transport.write(bytes.subarray(at, end));
  }

  /** An empty write is called back when those before it are done; `drain` would only tell of a high-water mark. */
  #awaitTransport(): void {
    this.#state = "full";
    this.#isWatched = true;
    this.#transport.write(nothing, (error) => {
      // A transport that fails takes nothing more: what waits stays, and nobody is told to go on.
      if (error !== null && error !== undefined) return;
      this.#handedPayload = 0;
      if (this.#state !== "full") return;
      this.#state = "ready";
      this.#owner.handleTaken();
      this.flush();
    });
  }
}

function tellDrained(outbox: Outbox): void {
  outbox.tellDrained();
}

function retainedBytesOf({ start, end, body }: Segment): number {
  return segmentOverheadBytes + end - start + (body === undefined ? 0 : body.length);
}
