import { isStopped, type SocketEvent } from "./events.ts";

/** A function, or an object with `handleEvent` (DOM §2.7). What it returns counts where listeners are awaited. */
export type Listener<E> = ((event: E) => unknown) | { handleEvent(event: E): unknown };

/** An event handler attribute such as `onmessage`. A server's connection awaits the promise that it may return. */
export type EventHandler<E> = ((event: E) => unknown) | null;

export interface ListenerOptions {
  /** Removed before its first call. */
  once?: boolean;
  /** Removed when it aborts. */
  signal?: AbortSignal;
  /** Part of a listener's identity, as in the standard; there is no capturing phase. */
  capture?: boolean;
  passive?: boolean;
}

interface Registration {
  readonly type: string;
  /** An attribute's (`onmessage = …`) can be replaced in place. */
  callback: unknown;
  readonly isAttribute: boolean;
  readonly capture: boolean;
  readonly once: boolean;
  isRemoved: boolean;
}

/** Whether anything listens for the event. */
export let hasListener: <Events extends object>(
  target: SocketEventTarget<Events>,
  type: keyof Events & string,
) => boolean;

/**
 * Calls the listeners of `event.type` and returns a promise for what they promised, or undefined if none did. What one
 * throws goes to its target's `reportListenerError`; what one rejects with, rejects the result.
 */
export let dispatch: <Events extends object>(
  target: SocketEventTarget<Events>,
  event: SocketEvent,
) => PromiseLike<unknown> | undefined;

/**
 * The standard's `EventTarget`, with a dispatch of its own: Node's turns the rejection of a listener into an uncaught
 * exception, and costs a list and two maps per target. Here a target is one array, and `dispatch` returns what its
 * listeners promised.
 */
export abstract class SocketEventTarget<Events extends object> {
  /** Replaced, never changed, while a dispatch may be walking it. */
  #registrations: readonly Registration[] = [];

  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: Listener<Events[Type]> | null,
    options: boolean | ListenerOptions | null = null,
  ): void {
    const {
      once = false,
      signal,
      capture = false,
    } = typeof options === "boolean" ? { capture: options } : (options ?? {});
    if (listener === null || listener === undefined || signal?.aborted === true) return;
    if (typeof listener !== "function" && typeof listener !== "object") {
      throw new TypeError(
        `A listener for "${type}" is ${typeof listener}; it is a function or an object with handleEvent`,
      );
    }
    if (this.#find(type, listener, capture) !== undefined) return;
    const registration = { type, callback: listener, isAttribute: false, capture, once, isRemoved: false };
    this.#add(registration);
    signal?.addEventListener("abort", () => this.#remove(registration), { once: true });
    this.listenerAdded(type);
  }

  removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: Listener<Events[Type]> | null,
    options: boolean | ListenerOptions | null = null,
  ): void {
    const capture = typeof options === "boolean" ? options : (options?.capture ?? false);
    const registration = this.#find(type, listener, capture);
    if (registration !== undefined) this.#remove(registration);
  }

  /** Calls the listeners of `event.type`; false if the event could be cancelled and was. */
  dispatchEvent(event: Event | SocketEvent): boolean {
    if (!(event instanceof Event)) throw new TypeError("dispatchEvent() takes an Event");
    void this.#dispatch(event);
    return !event.defaultPrevented;
  }

  /** What is done with what a listener threw; the others are called all the same. */
  protected abstract reportListenerError(error: unknown, event: Event | SocketEvent): void;

  /** What to wait for if several listeners promise something. A rejection need not wait for the others. */
  protected joinPromises(first: Promise<unknown>, second: Promise<unknown>): Promise<unknown> {
    return Promise.all([first, second]);
  }

  /** Called when something listens that did not before: by `addEventListener`, or by an attribute that was null. */
  protected listenerAdded(_type: string): void {}

  /** An event handler attribute (HTML §8.1.8.1): it keeps the place that it had when it was first set. */
  protected getAttribute<Type extends keyof Events & string>(type: Type): EventHandler<Events[Type]> {
    const registration = this.#registrations.find((one) => one.isAttribute && one.type === type);
    return (registration?.callback ?? null) as EventHandler<Events[Type]>;
  }

  protected setAttribute(type: keyof Events & string, value: unknown): void {
    const callback = typeof value === "function" || typeof value === "object" ? value : null;
    const registration = this.#registrations.find((one) => one.isAttribute && one.type === type);
    if (registration === undefined) {
      if (callback === null) return;
      this.#add({ type, callback, isAttribute: true, capture: false, once: false, isRemoved: false });
      this.listenerAdded(type);
    } else if (callback === null) {
      this.#remove(registration);
    } else {
      registration.callback = callback;
    }
  }

  #find(type: string, callback: unknown, capture: boolean): Registration | undefined {
    return this.#registrations.find(
      (one) => !one.isAttribute && one.type === type && one.callback === callback && one.capture === capture,
    );
  }

  #add(registration: Registration): void {
    // Unlike spreading, this makes a list with no room to grow, of which every connection has one.
    this.#registrations = this.#registrations.concat([registration]);
  }

  #remove(registration: Registration): void {
    registration.isRemoved = true;
    this.#registrations = this.#registrations.filter((one) => one !== registration);
  }

  #dispatch(event: Event | SocketEvent): Promise<unknown> | undefined {
    let pending: Promise<unknown> | undefined;
    const type = event.type;
    for (const registration of this.#registrations) {
      if (registration.type !== type || registration.isRemoved) continue;
      if (registration.once) this.#remove(registration);
      const promised = this.#call(registration, event);
      if (promised !== undefined) {
        pending = pending === undefined ? promised : this.joinPromises(pending, promised);
      }
      if (isStopped(event)) break;
    }
    return pending;
  }

  /** What the listener promised. A thenable of another kind becomes a promise, whatever its `then` does. */
  #call(registration: Registration, event: Event | SocketEvent): Promise<unknown> | undefined {
    const { callback, isAttribute } = registration;
    try {
      if (typeof callback === "function") return promisedBy(callback.call(this, event));
      if (isAttribute) return undefined;
      return promisedBy((callback as { handleEvent(event: unknown): unknown }).handleEvent(event));
    } catch (error) {
      this.reportListenerError(error, event);
      return undefined;
    }
  }

  static {
    // Instances descend from the platform's EventTarget, whose constructor is not run and whose methods are not used.
    Object.setPrototypeOf(SocketEventTarget.prototype, EventTarget.prototype);
    dispatch = (target, event) => target.#dispatch(event);
    hasListener = (target, type) => target.#hasListener(type);
  }

  #hasListener(type: string): boolean {
    for (const registration of this.#registrations) if (registration.type === type) return true;
    return false;
  }
}

function promisedBy(result: unknown): Promise<unknown> | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  return typeof (result as { then?: unknown }).then === "function" ? Promise.resolve(result) : undefined;
}
