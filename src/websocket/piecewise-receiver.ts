import type { MessageReceiver } from "../protocol/index.ts";

export interface PiecewiseOwner {
  /** Whether no more messages may be received now. */
  readonly isHeldBack: boolean;
}

/** A piece inflates to about a thousand times its size at most. */
const pieceBytes = 8 * 1024;
const noBytes: Buffer = Buffer.alloc(0);

/**
 * Receives on a connection whose messages may be compressed. One chunk of these can inflate to many times what may wait
 * for a handler, so it is received in pieces, and between them the owner may say that the rest has to wait.
 */
export class PiecewiseReceiver {
  readonly #receiver: MessageReceiver;
  readonly #owner: PiecewiseOwner;
  #waiting = noBytes;

  constructor(receiver: MessageReceiver, owner: PiecewiseOwner) {
    this.#receiver = receiver;
    this.#owner = owner;
  }

  /** Whether a part of what came has to wait. After it, `receive` is to be called again, also without a new chunk. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Returns whether the handler may have kept a range of the chunk, or this has. */
  receive(chunk: Buffer): boolean {
    let isKept = false;
    const bytes = this.isWaiting ? Buffer.concat([this.#waiting, chunk]) : chunk;
    this.#waiting = noBytes;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      if (this.#owner.isHeldBack) {
        this.#waiting = bytes.subarray(at);
        return true;
      }
      isKept = this.#receiver.receive(bytes.subarray(at, at + pieceBytes)) || isKept;
    }
    return isKept;
  }
}
