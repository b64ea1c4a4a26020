const everyMs = 1000;
const eraseLine = "\r\x1b[K";

/** A line on a terminal that is written anew once a second. */
export class ProgressLine {
  readonly #write: ((text: string) => void) | null;
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  /** @param write null shows nothing */
  constructor(write: ((text: string) => void) | null) {
    this.#write = write;
  }

  /** Shows what `describe` says from now on, first in a second. */
  follow(describe: () => string): void {
    clearInterval(this.#timer);
    const write = this.#write;
    if (write === null) return;
    this.#timer = setInterval(() => {
      write(`${eraseLine}${describe()}`);
      this.#isShown = true;
    }, everyMs);
  }

  /** Ends, and leaves no trace. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#isShown) this.#write?.(eraseLine);
  }
}
