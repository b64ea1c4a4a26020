/** What became of the messages of a stream that may leave some out. */
export interface SelectionReport {
  readonly accepted: number;
  readonly started: number;
  /** What is wrong, in sentences; empty if nothing is. */
  readonly problems: readonly string[];
}

/** What is known in the end, besides what the checker was told. */
export interface SelectionEnd {
  /** Whatever was on its way has arrived, and no session was lost. */
  readonly isComplete: boolean;
  /** How many messages the sender says that it left out. */
  readonly dropped: number;
}

/**
 * Watches one direction of a stream of kind `latest` or `lossy`: nothing starts twice or is invented, order holds for
 * each key, each message is accounted for, and of a `latest` stream the newest of each key arrives.
 */
export class SelectionChecker {
  readonly #keeps: "newest" | "nothing";
  readonly #newestAccepted = new Map<string, number>();
  readonly #newestStarted = new Map<string, number>();
  readonly #problems: string[] = [];
  #accepted = 0;
  #started = 0;
  #expired = 0;

  /** `keeps`: what a stream keeps while it cannot transmit. */
  constructor(keeps: "newest" | "nothing") {
    this.#keeps = keeps;
  }

  /** Messages have ids: consecutive integers from 0 on. */
  accepted(id: number, key: string): void {
    this.#accepted++;
    this.#newestAccepted.set(key, id);
  }

  /** The peer's handler began with the message. */
  started(id: number, key: string): void {
    this.#started++;
    const before = this.#newestStarted.get(key) ?? -1;
    if (!(id < this.#accepted)) this.#problems.push(`message ${id} was invented`);
    if (!(id > before)) this.#problems.push(`message ${id} of key "${key}" came after ${before}`);
    this.#newestStarted.set(key, id);
  }

  /** The sender was told that the message will not be sent. */
  reportedExpired(id: number, key: string): void {
    this.#expired++;
    if (this.#newestAccepted.get(key) === id) this.#newestAccepted.delete(key);
  }

  /** Call it once, at the end. */
  finish({ isComplete, dropped }: SelectionEnd): SelectionReport {
    const accountedFor = this.#started + this.#expired + dropped;
    if (accountedFor > this.#accepted || (isComplete && accountedFor < this.#accepted))
      this.#problems.push(
        `of ${this.#accepted} messages ${this.#started} were started, ${this.#expired} expired, ${dropped} dropped`,
      );
    if (isComplete && this.#keeps === "newest") this.#checkNewest();
    return { accepted: this.#accepted, started: this.#started, problems: this.#problems };
  }

  #checkNewest(): void {
    for (const [key, newest] of this.#newestAccepted) {
      const started = this.#newestStarted.get(key);
      if (started !== newest)
        this.#problems.push(`the newest message of key "${key}" is ${newest}, ${started} arrived last`);
    }
  }
}
