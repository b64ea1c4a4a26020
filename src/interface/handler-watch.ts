import type { SessionFaceOptions } from "./session-port.ts";

/** A handler that runs for longer is named in the log: perhaps it waits for what only comes after it. */
const slowHandlerMs = 10_000;

/** Looks after the handlers of a stream, of which one runs at a time. It has one timer, however many there are. */
export class HandlerWatch {
  readonly #options: SessionFaceOptions;
  readonly #stream: string;
  readonly #onTimeout: () => void;
  #startedAtMs: number | undefined;
  #isNamed = false;
  #isTimed = false;

  /** `onTimeout` is called for a handler that ran for `handlerTimeoutMs`. */
  constructor(options: SessionFaceOptions, stream: string, onTimeout: () => void) {
    this.#options = options;
    this.#stream = stream;
    this.#onTimeout = onTimeout;
  }

  begin(): void {
    this.#startedAtMs = this.#options.now();
    this.#isNamed = false;
    if (!this.#isTimed) this.#lookAgain(0);
  }

  end(): void {
    this.#startedAtMs = undefined;
  }

  #lookAgain(ranMs: number): void {
    const { handlerTimeoutMs } = this.#options;
    const next = [slowHandlerMs, handlerTimeoutMs].filter((limitMs) => limitMs > ranMs);
    this.#isTimed = next.length > 0;
    if (this.#isTimed) this.#options.after(Math.min(...next) - ranMs, () => this.#look());
  }

  #look(): void {
    this.#isTimed = false;
    if (this.#startedAtMs === undefined) return;
    const ranMs = this.#options.now() - this.#startedAtMs;
    const { handlerTimeoutMs, log } = this.#options;
    if (handlerTimeoutMs > 0 && ranMs >= handlerTimeoutMs) {
      this.#onTimeout();
    } else if (ranMs >= slowHandlerMs && !this.#isNamed) {
      this.#isNamed = true;
      log.warn(
        `A message handler${this.#stream && ` of stream "${this.#stream}"`} has not settled after ${Math.floor(ranMs / 1000)} s; messages after it wait. Does it wait for one of them?`,
      );
    }
    this.#lookAgain(ranMs);
  }
}
