import type { CancelAction, VirtualClock } from "./virtual-clock.ts";

/** What is woken at times of its own. */
export interface WakeTarget {
  handleTimeout(): void;
}

const tickMs = 10;

/** Wakes each target at every time that it asked for or up to 10 ms later, once for all times in between: as servers do. */
export class WakeTicks {
  readonly #clock: VirtualClock;
  readonly #wake: (target: WakeTarget) => void;
  readonly #ticks = new Map<WakeTarget, Set<number>>();

  constructor(clock: VirtualClock, wake: (target: WakeTarget) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  wakeAt(target: WakeTarget, timeMs: number): void {
    const tick = Math.ceil(Math.max(timeMs, this.#clock.now()) / tickMs);
    let ticks = this.#ticks.get(target);
    if (ticks === undefined) this.#ticks.set(target, (ticks = new Set()));
    if (ticks.has(tick)) return;
    ticks.add(tick);
    this.#clock.at(tick * tickMs, () => {
      ticks.delete(tick);
      this.#wake(target);
    });
  }
}

/** Wakes at the earliest time that was asked for since the last: as clients do. */
export class EarliestWake {
  readonly #clock: VirtualClock;
  readonly #wake: () => void;
  #dueAt = Number.POSITIVE_INFINITY;
  #cancel: CancelAction = () => {};

  constructor(clock: VirtualClock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  wakeAt(timeMs: number): void {
    if (timeMs >= this.#dueAt) return;
    this.#cancel();
    this.#dueAt = timeMs;
    this.#cancel = this.#clock.at(timeMs, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }
}
