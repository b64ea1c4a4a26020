/** Waits until nothing has happened for a while. */
export class Silence {
  readonly #silenceMs: number;
  readonly #isBusy: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param silenceMs how long; Infinity waits for ever
   * @param isBusy asked when the time is up: true begins it anew
   */
  constructor(silenceMs: number, isBusy: () => boolean) {
    this.#silenceMs = silenceMs;
    this.#isBusy = isBusy;
  }

  /** Begins to wait. Resolves after the silence; never, if {@link stop} is called before. */
  begin(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#silenceMs === Number.POSITIVE_INFINITY) return;
      this.#timer = setTimeout(() => {
        if (this.#isBusy()) this.#timer?.refresh();
        else resolve();
      }, this.#silenceMs);
    });
  }

  /** Something happened: the wait begins anew. */
  break(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
