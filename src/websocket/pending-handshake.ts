import type { Duplex } from "node:stream";
import { HttpHeadParser, readRequestHead, type Refusal, type RequestHead } from "../protocol/index.ts";
import { refuse } from "./refuse.ts";
import type { Places } from "./roster.ts";
import { listenToTransport, type TransportOwner, watchTransport } from "./transport-events.ts";
import { refusalFor } from "./upgrade.ts";

const noBytes = Buffer.alloc(0);

/** The end of the server that its handshakes concern. */
export interface HandshakeOwner {
  readonly handshakeTimeout: number;
  /** A request has come; `rest` is what followed its head. */
  upgrade(handshake: PendingHandshake, head: RequestHead, rest: Buffer): void;
  /** However the handshake ended, it is over. */
  finish(handshake: PendingHandshake): void;
}

/** A transport whose handshake is not finished: it has a deadline and survives errors of its transport. */
export class PendingHandshake implements TransportOwner {
  readonly transport: Duplex;
  /** For the server's roster. */
  place = -1;
  readonly #owner: HandshakeOwner;
  readonly #deadline: NodeJS.Timeout;
  /** Takes what the transport receives; undefined where another reads it, or once it has given the head. */
  #parser: HttpHeadParser<RequestHead> | undefined;

  constructor(transport: Duplex, owner: HandshakeOwner) {
    this.transport = transport;
    this.#owner = owner;
    this.#deadline = setTimeout(expire, owner.handshakeTimeout, this);
    watchTransport(transport, this);
  }

  /** Whether the peer can still be answered. */
  get isOpen(): boolean {
    return !this.transport.writableEnded && !this.transport.destroyed;
  }

  /** Reads the request from the transport. */
  readHead(limits: { headerBytesMax: number; headersMax: number }): void {
    this.#parser = new HttpHeadParser(readRequestHead, limits, decodeLatin1);
    listenToTransport(this.transport, this);
  }

  /** Answers with a refusal. It is finished when the transport is gone: until then it counts as a connection. */
  refuse(refusal: Refusal): void {
    this.#parser = undefined;
    clearTimeout(this.#deadline);
    if (this.isOpen) refuse(this.transport, refusal);
  }

  /** Not in time. */
  expire(): void {
    const message = `The handshake took longer than ${this.#owner.handshakeTimeout} ms.`;
    this.refuse({ status: 408, message });
  }

  /** The handshake has succeeded, or the transport is gone. */
  finish(): void {
    clearTimeout(this.#deadline);
    this.#owner.finish(this);
  }

  // TransportOwner

  receive(chunk: Buffer): void {
    const parser = this.#parser;
    if (parser === undefined) return;
    try {
      const received = parser.receive(chunk);
      if (received === undefined) return;
      this.#parser = undefined;
      const { length } = received.rest;
      const rest = length === 0 ? noBytes : chunk.subarray(chunk.length - length);
      this.#owner.upgrade(this, received.head, rest);
    } catch (error) {
      this.refuse(refusalFor(error));
    }
  }

  handleTransportEnd(): void {
    // A client that waits for the answer may have ended its own direction.
    if (this.#parser !== undefined) this.transport.destroy();
  }

  /** A transport that fails before there is a connection is of no interest. */
  handleTransportError(): void {}

  handleTransportClose(): void {
    this.finish();
  }
}

function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString("latin1", start, end);
}

export const handshakePlaces: Places<PendingHandshake> = {
  placeOf: (handshake) => handshake.place,
  setPlace: (handshake, place) => {
    handshake.place = place;
  },
};

function expire(handshake: PendingHandshake): void {
  handshake.expire();
}
