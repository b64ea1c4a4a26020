import { commandLimits } from "./limits.ts";

/** The signals that ask a process to stop, with the exit code of one that they end at once. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof signalExitCodes;

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
}

/**
 * Waits for signals from the moment it is made: the first asks for a graceful stop, the second for one at once. Call
 * `[Symbol.dispose]` to let signals end the process again.
 *
 * A SIGINT shortly after the first one is the same: under npm, Ctrl-C comes from the terminal, and once more from npm.
 */
export class StopSignals {
  readonly first: Promise<StopSignal>;
  readonly second: Promise<StopSignal>;
  readonly #source: SignalSource;
  readonly #names: readonly StopSignal[];
  readonly #listener: (signal: StopSignal) => void;

  constructor(source: SignalSource, names: readonly StopSignal[]) {
    let onFirst: (signal: StopSignal) => void;
    let onSecond: (signal: StopSignal) => void;
    let hasCome = false;
    let interruptedAt = Number.NEGATIVE_INFINITY;
    this.first = new Promise((resolve) => {
      onFirst = resolve;
    });
    this.second = new Promise((resolve) => {
      onSecond = resolve;
    });
    this.#source = source;
    this.#names = names;
    this.#listener = (signal) => {
      if (signal === "SIGINT") {
        const now = performance.now();
        if (now - interruptedAt < commandLimits.repeatedInterruptMs.default) return;
        interruptedAt = now;
      }
      if (hasCome) onSecond(signal);
      hasCome = true;
      onFirst(signal);
    };
    for (const name of names) source.on(name, this.#listener);
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) this.#source.off(name, this.#listener);
  }
}
