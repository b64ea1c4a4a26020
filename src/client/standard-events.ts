import type { CloseEvent, MessageEvent, SocketEvent } from "../interface/index.ts";

/**
 * The events of the drop-in WebSocket by their names, as the platform declares them: so the compiler takes this class
 * wherever it takes the platform's, and listeners that were written for that one.
 */
export interface WebSocketEventMap {
  open: StandardEvent;
  message: StandardMessageEvent;
  error: StandardErrorEvent;
  close: StandardCloseEvent;
}

export interface StandardEvent extends Declared<SocketEvent> {}

export interface StandardMessageEvent extends Omit<Declared<MessageEvent>, keyof AnyMessage>, AnyMessage {}

export interface StandardErrorEvent extends StandardEvent {
  /** What it failed with. Browsers do not tell of a handshake or of a plain connection. */
  readonly error?: unknown;
}

export interface StandardCloseEvent extends Declared<CloseEvent> {}

/** Without what only ours have. */
type Declared<Event> = Omit<Pick<Event, keyof Event & string>, keyof AnyEvent> & AnyEvent;

/** What the platform declares for events of all kinds, of which a socket's are a few. */
interface AnyEvent {
  readonly target: EventTarget | null;
  readonly currentTarget: EventTarget | null;
  readonly srcElement: EventTarget | null;
  readonly eventPhase: number;
  composedPath(): EventTarget[];
  initEvent(type: string): void;
}

/* oxlint-disable typescript/no-explicit-any -- The platform leaves open what a message is, and Node has no names for the rest. */
interface AnyMessage {
  /** Text as a string; binary as `binaryType` says. */
  readonly data: any;
  readonly source: any;
  readonly ports: readonly any[];
  initMessageEvent(type: string): void;
}
