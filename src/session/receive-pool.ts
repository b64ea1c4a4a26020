/**
 * The memory for what a session receives, in bytes that streams may draw as credit. Beside it there is room for one
 * message of the largest size, which only a message that has begun may draw: so one can always end.
 */
export class ReceivePool {
  #free: number;
  readonly #messageBytesMax: number;
  /** What a message drew of its room and has not been given back. */
  #lent = 0;

  constructor(bytesMax: number, messageBytesMax: number) {
    this.#free = bytesMax - messageBytesMax;
    this.#messageBytesMax = messageBytesMax;
  }

  /** Draws at most `bytes`, and returns how many. */
  draw(bytes: number): number {
    const drawn = Math.max(0, Math.min(bytes, this.#free));
    this.#free -= drawn;
    return drawn;
  }

  /** Draws what a message that has begun lacks, all of it or nothing. */
  drawForMessage(bytes: number): boolean {
    if (bytes <= this.#free) {
      this.#free -= bytes;
      return true;
    }
    if (this.#lent > 0 || bytes > this.#messageBytesMax) return false;
    this.#lent = bytes;
    return true;
  }

  /** Draws what was promised from the start, though it may not be there. */
  owe(bytes: number): void {
    this.#free -= bytes;
  }

  giveBack(bytes: number): void {
    const returned = Math.min(bytes, this.#lent);
    this.#lent -= returned;
    this.#free += bytes - returned;
  }
}
