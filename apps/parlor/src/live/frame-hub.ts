import type { FrameHeader } from "../../shared/room-messages.ts";

export type FrameListener = (header: FrameHeader, bytes: Uint8Array<ArrayBuffer>) => void;

/** Frames go from the line straight to the tile that paints them: thirty times a second is not what React is for. */
export class FrameHub {
  readonly #listeners = new Map<string, FrameListener>();

  /** One listener a member; returns what ends it. */
  listen(memberId: string, listener: FrameListener): () => void {
    this.#listeners.set(memberId, listener);
    return () => {
      if (this.#listeners.get(memberId) === listener) this.#listeners.delete(memberId);
    };
  }

  deliver(header: FrameHeader, bytes: Uint8Array<ArrayBuffer>): void {
    this.#listeners.get(header.from)?.(header, bytes);
  }
}
