import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { FIN, Opcode, type Role } from "../protocol/index.ts";
import { arenaPayloadMax, frameArena, frameInOwnBuffer, utf8BytesPerUnitMax } from "./frame-arena.ts";
import { FrameQueue, Segment } from "./frame-queue.ts";

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
const nothing = Buffer.alloc(0);

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
  readonly #owner: OutboxOwner;
  /** Called back by each write, on a transport that never takes one at once. */
  readonly #onTaken: ((error?: Error | null) => void) | undefined;
  readonly #queue = new FrameQueue();
  #rest: Rest | undefined;
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
    const takesAtOnce = transport instanceof Socket && !(transport instanceof TLSSocket);
    this.#onTaken = takesAtOnce ? undefined : (error) => this.#handleTaken(error);
  }

  /** Payload bytes accepted but not yet taken by the operating system. */
  get bufferedAmount(): number {
    const { destroyed, writableLength } = this.#transport;
    // A destroyed transport has forgotten what it had not sent; the amount is not reset for all that.
    const unsent = destroyed ? this.#handedPayload : Math.min(this.#handedPayload, writableLength);
    return this.#queuedPayload() + unsent + this.#lostPayload;
  }

  /** All bytes that are retained here and in the transport, headers and control frames included. */
  get retainedBytes(): number {
    return this.#queuedBytes() + this.#transport.writableLength;
  }

  #queuedBytes(): number {
    return this.#rest === undefined ? this.#queue.bytes : this.#queue.bytes + bytesLeftOf(this.#rest);
  }

  #queuedPayload(): number {
    return this.#queue.payloadBytes + (this.#rest?.payloadBytes ?? 0);
  }

  /** Whether what is added will be given to the transport soon: it has taken all, and little else is to be given. */
  get hasRoom(): boolean {
    return this.#state !== "full" && this.#queuedBytes() < roomBytes;
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
      this.#append(new Segment(header, 0, header.length), payloadBytes, body);
    }
  }

  /** Adds frames that others send too; the bytes must never change. */
  addShared(frames: Uint8Array, payloadBytes: number): void {
    this.#append(new Segment(frames, 0, frames.length), payloadBytes);
  }

  /** Adds a control frame that overtakes whatever waits. */
  addUrgent(opcode: number, payload: Uint8Array): void {
    const frame = frameInOwnBuffer(FIN | opcode, payload, this.#masks);
    this.#queue.addUrgent(new Segment(frame, 0, frame.length));
  }

  /**
   * Adds a pong, which overtakes whatever waits. Of pongs that wait only the newest is kept, as RFC 6455 §5.5.3 allows,
   * so that pings of a peer that does not read cost nothing that grows.
   */
  addPong(payload: Uint8Array): void {
    if (this.#state === "full") this.#queue.removePong();
    this.addUrgent(Opcode.Pong, payload);
  }

  /** Gives the transport what it takes. */
  flush(): void {
    while (this.#state === "ready" && (this.#queue.first !== undefined || this.#rest !== undefined)) {
      if (this.#rest === undefined) this.#writeQueue();
      else this.#writePiece(this.#rest);
      if (this.#transport.writableLength > 0) this.#awaitTransport();
      else this.#handedPayload = 0;
    }
    // Told in a later turn: who sends more whenever it is told would otherwise keep the event loop to itself.
    if (this.#isWatched && this.#state === "ready") setImmediate(tellDrained, this);
    if (this.#endsWhenFlushed && this.#queuedBytes() === 0 && this.#state !== "ended") {
      this.#state = "ended";
      this.#transport.end();
    }
  }

  /** Tells the owner if nothing waits and it has not been told. */
  tellDrained(): void {
    if (!this.#isWatched || this.#state !== "ready" || this.#queuedBytes() > 0) return;
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
    this.#lostPayload += this.#queue.payloadBytes;
    this.#queue.clear();
  }

  /** The transport is gone: nothing is retained, `bufferedAmount` stays as it was. */
  close(): void {
    this.#lostPayload = this.bufferedAmount;
    this.#queue.clear();
    this.#rest = undefined;
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
    const { last, length } = this.#queue;
    const isAdjacent = last !== undefined && last.buffer === buffer && last.end === start;
    if (this.#state === "full") this.#spill(payloadBytes);
    else if (isAdjacent) this.#queue.extendLast(last, end, payloadBytes);
    else if (length >= looseSegmentsMax) this.#spill(payloadBytes);
    else this.#append(new Segment(buffer, start, end), payloadBytes);
  }

  /**
   * Moves the frame that the arena wrote last to a buffer of this connection's own: what waits for a slow peer would
   * otherwise hold a whole arena for each few bytes of it.
   */
  #spill(payloadBytes: number): void {
    const { buffer, start, end } = frameArena;
    const { last } = this.#queue;
    const bytes = end - start;
    if (last?.isSpill === true && last.end + bytes <= last.buffer.length) {
      last.buffer.set(buffer.subarray(start, end), last.end);
      this.#queue.extendLast(last, last.end + bytes, payloadBytes);
    } else {
      const own = Buffer.allocUnsafeSlow(Math.max(bytes, spillBytesMin));
      own.set(buffer.subarray(start, end));
      const segment = new Segment(own, 0, bytes);
      segment.isSpill = true;
      this.#append(segment, payloadBytes);
    }
    frameArena.release(buffer, start, end);
  }

  #append(segment: Segment, payloadBytes: number, body?: Uint8Array): void {
    segment.payloadBytes = payloadBytes;
    segment.body = body;
    const { last } = this.#queue;
    // Others are to follow the last frames now: the room behind those would be held for as long as they wait.
    if (last?.isSpill === true) trim(last);
    this.#queue.append(segment);
    // Whoever has to wait is told when there is room again.
    if (this.#state === "full") this.#isWatched = true;
  }

  /** Gives the transport what waits, or a part of it. */
  #writeQueue(): void {
    const first = this.#queue.first!;
    const isOnly = first.next === undefined;
    if (isOnly && first.body === undefined) {
      this.#write(first);
    } else {
      this.#transport.cork();
      let bytes = 0;
      for (let one: Segment | undefined = first; one !== undefined && bytes < batchBytesMax; one = one.next) {
        // Of a frame that is larger than a batch there is a rest now.
        bytes += one.bytes;
        this.#write(one);
      }
      this.#transport.uncork();
    }
    if (isOnly && this.#onTaken === undefined && this.#transport.writableLength === 0) {
      frameArena.release(first.buffer, first.start, first.end);
    }
  }

  #write(segment: Segment): void {
    const { buffer, start, end, body, payloadBytes } = segment;
    const first = start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end);
    const bytes = body ?? first;
    this.#queue.shift(segment);
    if (body !== undefined) this.#transport.write(first);
    if (bytes.length > pieceBytesMax) {
      this.#rest = { bytes, at: 0, payloadBytes };
      this.#writePiece(this.#rest);
    } else {
      this.#handedPayload += payloadBytes;
      this.#transport.write(bytes, this.#onTaken);
    }
  }

  #writePiece(rest: Rest): void {
    const { bytes, at } = rest;
    const end = Math.min(at + pieceBytesMax, bytes.length);
    const isLast = end === bytes.length;
    const payloadBytes = isLast ? rest.payloadBytes : Math.min(end - at, rest.payloadBytes);
    this.#handedPayload += payloadBytes;
    rest.payloadBytes -= payloadBytes;
    rest.at = end;
    if (isLast) this.#rest = undefined;
    this.#transport.write(bytes.subarray(at, end), this.#onTaken);
  }

  #awaitTransport(): void {
    this.#state = "full";
    if (this.#onTaken !== undefined) {
      // Such a transport is full after each write; whoever sends need not hear of it.
      if (this.#transport.writableNeedDrain) this.#isWatched = true;
      return;
    }
    this.#isWatched = true;
    // Called back when the writes before it are done; `drain` would only tell of a high-water mark.
    this.#transport.write(nothing, (error) => this.#handleTaken(error));
  }

  #handleTaken(error: Error | null | undefined): void {
    // A transport that fails takes nothing more: what waits stays, and nobody is told to go on.
    if (this.#state !== "full" || (error !== null && error !== undefined)) return;
    if (this.#onTaken !== undefined && this.#transport.writableLength > 0) return;
    this.#handedPayload = 0;
    this.#state = "ready";
    this.#owner.handleTaken();
    this.flush();
  }
}

function tellDrained(outbox: Outbox): void {
  outbox.tellDrained();
}

function bytesLeftOf({ bytes, at }: Rest): number {
  return bytes.length - at;
}

/** Gives back the room behind the frames, if there is much of it. */
function trim(segment: Segment): void {
  if (segment.end * 2 <= segment.buffer.length)
    segment.buffer = Buffer.from(segment.buffer.subarray(0, segment.end));
  segment.isSpill = false;
}
