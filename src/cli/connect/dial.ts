import { WebSocket } from "../../websocket/index.ts";
import { CommandError } from "../errors.ts";
import type { CloseFacts } from "./close-outcome.ts";
import { explainFailure } from "./connect-failure.ts";
import type { ConnectOptions } from "./connect-options.ts";

/** What a session wants to hear of its connection. */
export interface DialHandlers {
  /** The connection is open; no message has been handed over before. */
  open?(): void;
  message(data: string | Uint8Array): void;
  pong?(data: Uint8Array): void;
  /** Something went wrong on the open connection; its end follows. */
  problem(message: string): void;
}

/** A connection as a session uses it. */
export class DialledConnection {
  readonly socket: WebSocket;
  /** Resolves when open; rejects with `CLI_CONNECT_FAILED`, or when {@link close} is called before. */
  readonly opened: Promise<void>;
  /** Resolves when the connection has ended, whether it was ever open or not. */
  readonly closed: Promise<CloseFacts>;
  #isOurs = false;

  constructor(options: ConnectOptions, handlers: DialHandlers) {
    const socket = openSocket(options);
    let failure: unknown;
    let isOpen = false;
    this.socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", () => {
        isOpen = true;
        handlers.open?.();
        resolve();
      });
      socket.addEventListener("close", () => reject(connectFailed(options.url, failure)));
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason, wasClean }) => {
        resolve({ code, reason, wasClean, isOurs: this.#isOurs });
      });
    });
    socket.addEventListener("error", ({ error, message }) => {
      failure = error;
      if (isOpen) handlers.problem(message);
    });
    socket.addEventListener("message", ({ data }) => handlers.message(toBytesOrText(data)));
    socket.addEventListener("pong", ({ data }) => handlers.pong?.(toBytes(data)));
  }

  /** Begins to close, unless the other side has already done so. */
  close(code = 1000, reason = ""): void {
    if (this.socket.readyState > this.socket.OPEN) return;
    this.#isOurs = true;
    this.socket.close(code, reason);
  }
}

function openSocket(options: ConnectOptions): WebSocket {
  try {
    const socket = new WebSocket(options.url, [...options.subprotocols], {
      headers: options.headers,
      origin: options.origin,
      ca: options.ca,
      rejectUnauthorized: options.checksCertificate,
      perMessageDeflate: options.compress,
      maxPayload: options.maxPayload,
      handshakeTimeout: options.handshakeTimeoutMs,
      heartbeatIntervalMs: options.pingIntervalMs ?? 0,
    });
    socket.binaryType = "arraybuffer";
    return socket;
  } catch (cause) {
    // What the options name is checked before; what is left is a blocked port, a forbidden header and their like.
    throw connectFailed(options.url, cause);
  }
}

/** There is no connection, and why. */
export function connectFailed(url: URL, cause: unknown): CommandError {
  return new CommandError(
    "CLI_CONNECT_FAILED",
    { url: shownUrl(url), reason: explainFailure(cause, url) },
    { cause },
  );
}

/** The URL without its user and password, which are a secret. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

function toBytesOrText(data: unknown): string | Uint8Array {
  return typeof data === "string" ? data : toBytes(data);
}

function toBytes(data: unknown): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Uint8Array);
}
