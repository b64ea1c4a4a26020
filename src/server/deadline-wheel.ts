/** What is woken at a time of its own; being woken too early, or twice, does it no harm. */
export interface WheelTarget {
  handleTimeout(): void;
}

/** When a target is due, and in which tick's slot it stands: the same, unless that is beyond the wheel's horizon. */
interface Place {
  dueTick: number;
  slotTick: number;
}

/** How late a target may be woken. */
const tickMs = 10;
/** With `tickMs` the horizon: what is due later is looked at again when the wheel has turned once. */
const slotCount = 1024;

/**
 * The deadlines of all sessions of a server on one timer: a session sets one with nearly every message, and few ever
 * come. The timer does not keep the process running; whatever has to end in time has a deadline of its own.
 */
export class DeadlineWheel {
  readonly #slots = new Map<number, Set<WheelTarget>>();
  readonly #places = new Map<WheelTarget, Place>();
  readonly #onError: (error: unknown) => void;
  /** Everything due at this tick or before has been woken. */
  #tick = Math.floor(performance.now() / tickMs);
  #timer: NodeJS.Timeout | undefined;
  #timerTick = Number.POSITIVE_INFINITY;

  /** `onError` hears what a target throws; the others are woken all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** How many targets wait. */
  get size(): number {
    return this.#places.size;
  }

  /** Wakes the target at `timeMs` of `performance.now()` or up to 10 ms later. An earlier time that it has stays. */
  wakeAt(target: WheelTarget, timeMs: number): void {
    if (this.#places.size === 0) this.#skipIdleTime();
    const dueTick = Math.max(Math.ceil(timeMs / tickMs), this.#tick + 1);
    const place = this.#places.get(target);
    if (dueTick >= (place?.dueTick ?? Number.POSITIVE_INFINITY)) return;
    this.forget(target);
    this.#put(target, dueTick);
  }

  /** Does not wake the target any more, and does not hold it. */
  forget(target: WheelTarget): void {
    const place = this.#places.get(target);
    if (place === undefined) return;
    this.#places.delete(target);
    this.#slots.get(place.slotTick)?.delete(target);
  }

  /** Wakes nobody any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerTick = Number.POSITIVE_INFINITY;
    this.#slots.clear();
    this.#places.clear();
  }

  #skipIdleTime(): void {
    this.#slots.clear();
    this.#tick = Math.max(this.#tick, Math.floor(performance.now() / tickMs) - 1);
  }

  #put(target: WheelTarget, dueTick: number): void {
    const slotTick = Math.min(dueTick, this.#tick + slotCount);
    let slot = this.#slots.get(slotTick);
    if (slot === undefined) this.#slots.set(slotTick, (slot = new Set()));
    slot.add(target);
    this.#places.set(target, { dueTick, slotTick });
    if (slotTick < this.#timerTick) this.#setTimer(slotTick);
  }

  #setTimer(tick: number): void {
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#timer = setTimeout(this.#turn, Math.max(tick * tickMs - performance.now(), 1));
    this.#timer.unref();
  }

  readonly #turn = (): void => {
    this.#timerTick = Number.POSITIVE_INFINITY;
    const first = this.#tick + 1;
    // Node's timers may fire a millisecond early.
    this.#tick = Math.max(this.#tick, Math.floor((performance.now() + 1) / tickMs));
    // Past the horizon there is nothing, however long the process was stopped.
    const last = Math.min(this.#tick, first + slotCount);
    for (let tick = first; tick <= last; tick++) this.#wake(tick);
    if (this.#places.size > 0) this.#setNextTimer();
  };

  #wake(tick: number): void {
    const slot = this.#slots.get(tick);
    if (slot === undefined) return;
    this.#slots.delete(tick);
    for (const target of slot) {
      const place = this.#places.get(target);
      // Another one that was woken before may have had it forgotten.
      if (place === undefined) continue;
      this.#places.delete(target);
      if (place.dueTick > this.#tick) this.#put(target, place.dueTick);
      else this.#call(target);
    }
  }

  #call(target: WheelTarget): void {
    try {
      target.handleTimeout();
    } catch (error) {
      this.#onError(error);
    }
  }

  #setNextTimer(): void {
    let tick = this.#tick + 1;
    while (!this.#slots.has(tick)) tick++;
    if (tick < this.#timerTick) this.#setTimer(tick);
  }
}
