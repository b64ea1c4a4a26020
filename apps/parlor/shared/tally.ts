import { type Counts, DEMO_LIMITS } from "./line-demo.ts";

/** Counts what arrives of numbered messages, whichever of them do and in whatever order. */
export class Tally {
  readonly #seen = new Uint8Array(DEMO_LIMITS.messagesMax + 1);
  #arrived = 0;
  #highest = 0;
  #repeated = 0;
  #outOfOrder = 0;

  /** What is no number of a message is none. */
  receive(data: unknown): void {
    const number = typeof data === "string" && /^\d{1,6}$/.test(data) ? Number(data) : 0;
    if (number < 1 || number > DEMO_LIMITS.messagesMax) return;
    if (this.#seen[number] === 1) {
      this.#repeated += 1;
      return;
    }
    this.#seen[number] = 1;
    this.#arrived += 1;
    if (number < this.#highest) this.#outOfOrder += 1;
    else this.#highest = number;
  }

  /** A line keeps its order, so a number that others have passed does not come any more; if it does, it is not lost. */
  get counts(): Counts {
    return {
      arrived: this.#arrived,
      lost: this.#highest - this.#arrived,
      repeated: this.#repeated,
      outOfOrder: this.#outOfOrder,
    };
  }
}
