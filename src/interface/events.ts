/**
 * The events of a socket, by the standard's names and attributes. They are light objects of our own, as a message is an
 * event each; their prototypes still descend from the platform's, so that `instanceof Event` and the like hold.
 */

/** The method by which Node's `console.log` has an object printed. */
const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** What a message is: text as a string, binary in one of the forms that platforms have for it. */
type MessageData = string | ArrayBuffer | Uint8Array | Blob;

/** Whether a listener called `stopImmediatePropagation` of an event of ours. */
export let isStopped: (event: object) => boolean;

/** What every event has (DOM §2.2). Events of a socket neither bubble nor can be cancelled. */
export class SocketEvent {
  declare readonly NONE: 0;
  declare readonly CAPTURING_PHASE: 1;
  declare readonly AT_TARGET: 2;
  declare readonly BUBBLING_PHASE: 3;

  readonly type: string;
  readonly target: EventTarget;
  #timeStamp: number | undefined;
  #isStopped = false;

  /** Message and close events are among these, though their prototypes descend from the platform's alone. */
  static [Symbol.hasInstance](value: unknown): boolean {
    if (this !== SocketEvent) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && #timeStamp in value;
  }

  constructor(type: string, target: EventTarget) {
    this.type = type;
    this.target = target;
  }

  get currentTarget(): EventTarget {
    return this.target;
  }

  get srcElement(): EventTarget {
    return this.target;
  }

  /** There is no path but the target. */
  get eventPhase(): 2 {
    return this.AT_TARGET;
  }

  get bubbles(): boolean {
    return false;
  }

  get cancelable(): boolean {
    return false;
  }

  get composed(): boolean {
    return false;
  }

  get defaultPrevented(): boolean {
    return false;
  }

  get cancelBubble(): boolean {
    return false;
  }

  get returnValue(): boolean {
    return true;
  }

  get isTrusted(): boolean {
    return true;
  }

  /** Milliseconds on the platform's `performance.now()`, taken when first read: most events are never asked. */
  get timeStamp(): number {
    this.#timeStamp ??= performance.now();
    return this.#timeStamp;
  }

  composedPath(): [EventTarget] {
    return [this.target];
  }

  stopPropagation(): void {}

  /** No listener after the current one is called. */
  stopImmediatePropagation(): void {
    this.#isStopped = true;
  }

  preventDefault(): void {}

  /** Without effect, as on every event that is being dispatched (DOM §2.2). */
  initEvent(): void {}

  /** What `console.log` shows; the platform's own way throws for events that it has not made. */
  [inspectCustom](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const { target: _, ...facts } = this;
    return `${this.constructor.name} ${inspect(facts, options)}`;
  }

  static {
    isStopped = (event) => #isStopped in event && event.#isStopped;
  }
}

/** A received message, or the payload of a ping or pong. */
export class MessageEvent<Data = MessageData> extends SocketEvent {
  /** Text as a string; binary as the socket's `binaryType` says. It is the listener's to keep. */
  readonly data: Data;

  constructor(type: string, target: EventTarget, data: Data) {
    super(type, target);
    this.data = data;
  }

  /** The origin of the socket's `url`. */
  get origin(): string {
    const { url } = this.target as { url?: string };
    return url === undefined || !URL.canParse(url) ? "" : new URL(url).origin;
  }

  get lastEventId(): string {
    return "";
  }

  get source(): null {
    return null;
  }

  get ports(): readonly never[] {
    return [];
  }

  /** Without effect, as on every event that is being dispatched. */
  initMessageEvent(): void {}
}

/** The end of a connection: fired once, after every message. */
export class CloseEvent extends SocketEvent {
  /** The code of the peer's Close frame; 1005 if it had none, 1006 if there was no Close frame (RFC 6455 §7.1.5). */
  readonly code: number;
  /** The reason of the peer's Close frame, at most 123 bytes of UTF-8. */
  readonly reason: string;
  /** Whether Close frames went both ways. */
  readonly wasClean: boolean;

  constructor(target: EventTarget, end: { code: number; reason: string; wasClean: boolean }) {
    super("close", target);
    this.code = end.code;
    this.reason = end.reason;
    this.wasClean = end.wasClean;
  }
}

/** Something went wrong; a `close` event follows. The standard's event has a name only: `error` says what it was. */
export class ErrorEvent extends SocketEvent {
  /** What the connection failed with: an error with a `code`, or what a listener threw. */
  readonly error: unknown;

  constructor(target: EventTarget, error: unknown) {
    super("error", target);
    this.error = error;
  }

  get message(): string {
    return this.error instanceof Error ? this.error.message : String(this.error);
  }
}

/** The events of the standard's WebSocket by their names; `Data` is what a message may be. */
export interface StandardEventMap<Data = MessageData> {
  open: SocketEvent;
  message: MessageEvent<Data>;
  error: ErrorEvent;
  close: CloseEvent;
}

/**
 * Lets our events be instances of the platform's classes, too, without running the platform's constructors. As a
 * prototype has one parent, what events have in common is copied to those that descend from another class than Event.
 *
 * Node loads its whole `fetch` with these classes, two megabytes. So the parent is looked up when somebody asks whether
 * an event is an instance of one, which looks through the prototypes of prototypes. What is read of an event never goes
 * that way, as the parent's own getters would throw for an object that the platform has not made.
 */
function descendFrom(own: object, platform: string): void {
  for (const name of Reflect.ownKeys(SocketEvent.prototype)) {
    if (Object.hasOwn(own, name)) continue;
    Object.defineProperty(
      own,
      name,
      Object.getOwnPropertyDescriptor(SocketEvent.prototype, name) as PropertyDescriptor,
    );
  }
  const classes = globalThis as unknown as Record<string, { prototype: object } | undefined>;
  const getPrototypeOf = (): object => (classes[platform] ?? Event).prototype;
  Object.setPrototypeOf(own, new Proxy({}, { getPrototypeOf }));
}

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
for (const [name, value] of Object.entries(phases)) {
  Object.defineProperty(SocketEvent.prototype, name, { value, enumerable: true });
}
Object.setPrototypeOf(SocketEvent.prototype, Event.prototype);
descendFrom(MessageEvent.prototype, "MessageEvent");
// Node has it from version 23 on.
descendFrom(CloseEvent.prototype, "CloseEvent");
tag(SocketEvent.prototype, "Event");
tag(MessageEvent.prototype, "MessageEvent");
tag(CloseEvent.prototype, "CloseEvent");

function tag(prototype: object, name: string): void {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
