import { isPageHidden } from "./platform.ts";

/** So much later than asked for, a timer has slept. Browsers let those of hidden pages run once a minute. */
const lateMs = 5_000;
const lateHiddenMs = 90_000;
/** What timers can wait. */
const delayMsMax = 2 ** 31 - 1;

/** One timer for all that is due, which notices when the machine has slept. */
export class WakeTimer {
  readonly #onWake: () => void;
  readonly #onSlept: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  /** How far the wall clock was ahead of the other, which stands still while some machines sleep. */
  #leadMs = 0;

  constructor(onWake: () => void, onSlept: () => void) {
    this.#onWake = onWake;
    this.#onSlept = onSlept;
  }

  /** `timeMs` is one of `performance.now()`; one that has passed is now. */
  wakeAt(timeMs: number): void {
    if (timeMs >= this.#dueAt) return;
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#dueAt = Math.max(timeMs, now);
    this.#leadMs = Date.now() - now;
    this.#timer = setTimeout(() => this.#wake(), Math.min(this.#dueAt - now, delayMsMax));
  }

  /** For good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  #wake(): void {
    const now = performance.now();
    const sleptMs = Math.max(now - this.#dueAt, Date.now() - now - this.#leadMs);
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (sleptMs > (isPageHidden() ? lateHiddenMs : lateMs)) this.#onSlept();
    this.#onWake();
  }
}
