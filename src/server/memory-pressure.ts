import type { Window } from "../session/index.ts";

/** What holds received messages, and can be told to hold less. */
export interface Holder {
  readonly heldBytes: number;
  setWindow(window: Window): void;
}

export interface MemoryPressureParts {
  readonly heldBytesMax: number;
  /** The window without pressure. */
  readonly window: Window;
  readonly holders: () => Iterable<Holder>;
  /** `handleTimeout` is to be called in so many milliseconds. */
  readonly wakeIn: (delayMs: number) => void;
}

const lookAgainMs = 1000;
/** Windows of 1/1024 are a message at a time, or nearly. */
const shiftMax = 10;

/**
 * Makes the windows of all sessions smaller, by halves, while together they hold more than `heldBytesMax`, and larger
 * again when less than half of that is held. All sessions are counted only when they can have come so far, by what
 * arrived since the last count.
 */
export class MemoryPressure {
  readonly #parts: MemoryPressureParts;
  #nextCountBytes: number;
  #receivedBytes = 0;
  #shift = 0;

  constructor(parts: MemoryPressureParts) {
    this.#parts = parts;
    this.#nextCountBytes = parts.heldBytesMax / 2;
  }

  /** The window that each session has now. */
  get window(): Window {
    const { messages, bytes } = this.#parts.window;
    const part = 2 ** -this.#shift;
    return {
      messages: Math.max(1, Math.floor(messages * part)),
      bytes: Math.max(1, Math.floor(bytes * part)),
    };
  }

  get isHigh(): boolean {
    return this.#shift > 0;
  }

  noteReceived(bytes: number): void {
    this.#receivedBytes += bytes;
    if (this.#receivedBytes >= this.#nextCountBytes) this.#count();
  }

  handleTimeout(): void {
    if (this.isHigh) this.#count();
  }

  #count(): void {
    const { heldBytesMax, holders } = this.#parts;
    let heldBytes = 0;
    for (const holder of holders()) heldBytes += holder.heldBytes;
    this.#receivedBytes = 0;
    this.#nextCountBytes = Math.max(heldBytesMax / 2 - heldBytes, heldBytesMax / 8);
    if (heldBytes > heldBytesMax) this.#change(Math.min(this.#shift + 1, shiftMax));
    else if (heldBytes < heldBytesMax / 2) this.#change(Math.max(this.#shift - 1, 0));
    if (this.isHigh) this.#parts.wakeIn(lookAgainMs);
  }

  #change(shift: number): void {
    if (shift === this.#shift) return;
    this.#shift = shift;
    const { window } = this;
    for (const holder of this.#parts.holders()) holder.setWindow(window);
  }
}
