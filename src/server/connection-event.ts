import {
  SocketEvent,
  type SessionConnection,
  type SocketEventTarget,
  type EventHandler,
} from "../interface/index.ts";
import type {
  CloseEvent,
  ErrorEvent,
  MessageData,
  MessageEvent,
  SendData,
  UpgradeRequest,
} from "../websocket/index.ts";

/** What sessions and plain WebSockets have in common of their events. */
export interface ServerSocketEventMap {
  message: MessageEvent;
  error: ErrorEvent;
  close: CloseEvent;
  /** Nothing waits any more. */
  drain: SocketEvent;
}

/**
 * The other end of a connection: the WebSocket interface, with what is added to it for sessions and plain WebSockets
 * alike. What `bufferedAmount`, `drain` and `close` mean for each, their classes say.
 */
export interface ServerSocket extends SocketEventTarget<ServerSocketEventMap> {
  readonly readyState: 0 | 1 | 2 | 3;
  readonly bufferedAmount: number;
  binaryType: "blob" | "arraybuffer" | "nodebuffer";
  readonly protocol: string;
  readonly extensions: string;
  readonly url: string;
  readonly isPaused: boolean;
  onmessage: EventHandler<MessageEvent>;
  onerror: EventHandler<ErrorEvent>;
  onclose: EventHandler<CloseEvent>;
  ondrain: EventHandler<SocketEvent>;
  send(data: SendData): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  /** Lets messages come although the connection handler has not returned yet. */
  ready(): void;
  writable(): Promise<void>;
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData, undefined>;
}

/** A connection that has been let in. */
export type OpenedConnection<User> = Pick<ConnectionEvent<User>, "socket" | "session" | "user" | "request">;

/** Somebody has connected: raised once per session, however often its links change, and once per plain WebSocket. */
export class ConnectionEvent<User = unknown> extends SocketEvent {
  readonly socket: ServerSocket;
  /** The same as `socket`, with what only sessions have; null for a plain WebSocket. */
  readonly session: SessionConnection | null;
  /** What `authenticate` returned; undefined without it. */
  readonly user: User;
  /** The handshake; of a session, that of its first link. */
  readonly request: UpgradeRequest;

  constructor(target: EventTarget, opened: OpenedConnection<User>) {
    super("connection", target);
    this.socket = opened.socket;
    this.session = opened.session;
    this.user = opened.user;
    this.request = opened.request;
  }

  /** Whether messages reach this client exactly once across reconnects: it came with our client, not a plain one. */
  get isSession(): boolean {
    return this.session !== null;
  }
}
