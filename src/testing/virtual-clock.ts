/** Takes an action off the clock; nothing happens if it has run already, or was taken off before. */
export type CancelAction = () => void;

interface ClockEvent {
  readonly timeMs: number;
  /** Of two events at the same time the one that was entered first runs first. */
  readonly order: number;
  /** Undefined when it is not there any more: whoever keeps the cancel function keeps no more than this event alive. */
  action: (() => void) | undefined;
  /** Its place in the heap, or −1 when it is not there any more. */
  place: number;
}

/**
 * A clock that goes only where it is sent, for code that is handed the time. It holds the actions that are due and runs
 * them by time, equal times in the order in which they were entered. An action that throws ends the call that ran it; the
 * clock stays as it is, and can be run on.
 */
export class VirtualClock {
  #nowMs: number;
  #order = 0;
  /** A binary heap: the parent of place i is at (i − 1) >> 1, and due before it. */
  readonly #heap: ClockEvent[] = [];

  /** `startMs` is the time at first, in milliseconds, 0 by default. */
  constructor(startMs = 0) {
    checkTime(startMs);
    this.#nowMs = startMs;
  }

  /** In milliseconds, not necessarily whole ones. */
  now(): number {
    return this.#nowMs;
  }

  /** When the next action is due; infinity if none waits. */
  get nextTime(): number {
    return this.#heap[0]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  /** How many actions wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Has `action` run when the clock reaches `timeMs`; a time that has passed counts as now. `RangeError` unless it is finite. */
  at(timeMs: number, action: () => void): CancelAction {
    checkTime(timeMs);
    const event: ClockEvent = {
      timeMs: timeMs < this.#nowMs ? this.#nowMs : timeMs,
      order: this.#order++,
      action,
      place: 0,
    };
    this.#heap.push(event);
    this.#rise(event, this.#heap.length - 1);
    return () => this.#remove(event);
  }

  /** Has `action` run `delayMs` from now, at once where that is negative. `RangeError` unless it is finite. */
  after(delayMs: number, action: () => void): CancelAction {
    return this.at(this.#nowMs + delayMs, action);
  }

  /** Goes to the next action's time and runs it. False if there is none. */
  runNext(): boolean {
    const next = this.#heap[0];
    if (next === undefined) return false;
    const action = next.action!;
    this.#remove(next);
    if (next.timeMs > this.#nowMs) this.#nowMs = next.timeMs;
    action();
    return true;
  }

  /**
   * Runs what is due until `timeMs`, that time included, also what those actions enter, and stays at that time.
   * `RangeError` if it has passed or is not finite.
   */
  runUntil(timeMs: number): void {
    checkTime(timeMs);
    if (timeMs < this.#nowMs)
      throw new RangeError(`The clock is at ${this.#nowMs} ms and does not go back to ${timeMs} ms`);
    while (this.#heap.length > 0 && this.#heap[0]!.timeMs <= timeMs) this.runNext();
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }

  /**
   * Leaps over `ms` and runs nothing, as the clock of a machine that slept. What was due in between is overdue now: it is
   * next, in its order, and sees the late time. `RangeError` for a leap back, or one without end.
   */
  jump(ms: number): void {
    checkTime(ms);
    if (ms < 0) throw new RangeError(`The clock does not jump back, by ${ms} ms`);
    this.#nowMs += ms;
  }

  #remove(event: ClockEvent): void {
    const { place } = event;
    if (place < 0) return;
    const last = this.#heap.pop()!;
    if (last !== event) this.#refill(place, last);
    event.place = -1;
    event.action = undefined;
  }

  /** Puts `event` into the empty `place`, from where it can have to go either way. */
  #refill(place: number, event: ClockEvent): void {
    const parent = this.#heap[(place - 1) >> 1];
    if (parent !== undefined && isBefore(event, parent)) this.#rise(event, place);
    else this.#sink(event, place);
  }

  #rise(event: ClockEvent, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1]!;
      if (isBefore(parent, event)) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(event, place);
  }

  #sink(event: ClockEvent, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#firstChild(place);
      if (child === undefined || isBefore(event, child)) break;
      const { place: next } = child;
      this.#put(child, place);
      place = next;
    }
    this.#put(event, place);
  }

  #firstChild(place: number): ClockEvent | undefined {
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return right !== undefined && isBefore(right, left!) ? right : left;
  }

  #put(event: ClockEvent, place: number): void {
    this.#heap[place] = event;
    event.place = place;
  }
}

function isBefore(one: ClockEvent, other: ClockEvent): boolean {
  return one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.order < other.order);
}

function checkTime(ms: number): void {
  if (!Number.isFinite(ms)) throw new RangeError(`A time is a finite number of milliseconds, not ${ms}`);
}
