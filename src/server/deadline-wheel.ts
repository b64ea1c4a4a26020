/** What is woken at times of its own; being woken in vain does it no harm. */
export interface WheelTarget {
  handleTimeout(): void;
}

/** How late a target may be woken, and how many are woken together. */
const tickMs = 10;

/**
 * The deadlines of all sessions of a server on one timer: a session sets them often, and few ever come. The timer does
 * not keep the process running; whatever has to end in time has a deadline of its own.
 */
export class DeadlineWheel {
  readonly #slots = new Map<number, Set<WheelTarget>>();
  readonly #ticks = new Map<WheelTarget, number[]>();
  readonly #onError: (error: unknown) => void;
  /** Everything due at this tick or before has been woken. */
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerTick = Number.POSITIVE_INFINITY;

  /** `onError` hears what a target throws; the others are woken all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** How many targets wait. */
  get size(): number {
    return this.#ticks.size;
  }

  /** Wakes the target at `timeMs` of `performance.now()` or up to 10 ms later, whatever other times it has. */
  wakeAt(target: WheelTarget, timeMs: number): void {
    if (this.#slots.size === 0) this.#tick = Math.floor(performance.now() / tickMs) - 1;
    const tick = Math.max(Math.ceil(timeMs / tickMs), this.#tick + 1);
    let slot = this.#slots.get(tick);
    if (slot?.has(target) === true) return;
    if (slot === undefined) this.#slots.set(tick, (slot = new Set()));
    slot.add(target);
    const ticks = this.#ticks.get(target);
    if (ticks === undefined) this.#ticks.set(target, [tick]);
    else ticks.push(tick);
    if (tick < this.#timerTick) this.#setTimer(tick);
  }

  /** Does not wake the target any more, and does not hold it. */
  forget(target: WheelTarget): void {
    for (const tick of this.#ticks.get(target) ?? []) {
      const slot = this.#slots.get(tick);
      slot?.delete(target);
      if (slot?.size === 0) this.#slots.delete(tick);
    }
    this.#ticks.delete(target);
  }

  /** Wakes nobody any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerTick = Number.POSITIVE_INFINITY;
    this.#slots.clear();
    this.#ticks.clear();
  }

  #setTimer(tick: number): void {
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#timer = setTimeout(this.#turn, Math.max(tick * tickMs - performance.now(), 1));
    this.#timer.unref();
  }

  readonly #turn = (): void => {
    this.#timerTick = Number.POSITIVE_INFINITY;
    // Node's timers may fire a millisecond early.
    const now = Math.floor((performance.now() + 1) / tickMs);
    while (this.#tick < now && this.#slots.size > 0) this.#wake(++this.#tick);
    if (this.#slots.size > 0) this.#setNextTimer();
  };

  #wake(tick: number): void {
    const slot = this.#slots.get(tick);
    if (slot === undefined) return;
    for (const target of slot) {
      this.#remove(target, tick);
      this.#call(target);
    }
    if (this.#slots.get(tick) === slot) this.#slots.delete(tick);
  }

  #remove(target: WheelTarget, tick: number): void {
    const ticks = this.#ticks.get(target)!;
    if (ticks.length === 1) this.#ticks.delete(target);
    else ticks.splice(ticks.indexOf(tick), 1);
  }

  #call(target: WheelTarget): void {
    try {
      target.handleTimeout();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** All that are looked at in vain are ticks until it fires, so that this costs little more than time does. */
  #setNextTimer(): void {
    let tick = this.#tick + 1;
    while (!this.#slots.has(tick)) tick++;
    if (tick < this.#timerTick) this.#setTimer(tick);
  }
}
