import {
  type BinaryType,
  checkClose,
  CloseEvent,
  defineStates,
  dispatch,
  ErrorEvent,
  type EventHandler,
  MessageEvent,
  parseSocketUrl,
  payloadBytesOf,
  readProtocols,
  ReadyState,
  type SendData,
  SocketEvent,
  SocketEventTarget,
  toPayload,
} from "../interface/index.ts";
import type { Line, LineEnd, LineOwner } from "./line.ts";
import { PlainLine } from "./plain-line.ts";
import { pageUrl } from "./platform.ts";
import { SessionLine } from "./session-line.ts";
import { SocketDial } from "./socket-dial.ts";
import type {
  StandardCloseEvent,
  StandardErrorEvent,
  StandardEvent,
  StandardMessageEvent,
  WebSocketEventMap,
} from "./standard-events.ts";

/** Without the addition for Node that `connect` takes. */
type StandardBinaryType = Exclude<BinaryType, "nodebuffer">;

/** The members of the standard's interface. */
const standardMembers = [
  "binaryType",
  "bufferedAmount",
  "close",
  "extensions",
  "onclose",
  "onerror",
  "onmessage",
  "onopen",
  "protocol",
  "readyState",
  "send",
  "url",
] as const;

/**
 * The standard's `WebSocket` (https://websockets.spec.whatwg.org) to a letter, which runs a session beneath where the
 * server speaks them, and so outlives its network; elsewhere it is the platform's own.
 *
 * It never waits for a listener, drops messages that nobody listens to, and ends with 1006 where too much waits to be
 * sent or the server has lost the session. For more, `connect`.
 */
export class WebSocket extends SocketEventTarget<WebSocketEventMap> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: string;
  readonly #dial: SocketDial;
  #line: Line | undefined;
  #readyState: ReadyState = ReadyState.Connecting;
  #binaryType: StandardBinaryType = "blob";
  #protocol = "";
  #extensions = "";
  #discardedBytes = 0;

  /**
   * @param url `ws:` or `wss:`; `http:` and `https:` are taken as these. No fragment. Relative to the page, if there is one.
   * @param protocols The application's subprotocols, the preferred one first.
   * @throws {DOMException} SyntaxError for a URL or subprotocols that the standard does not allow.
   */
  constructor(url: string | URL, protocols: string | readonly string[] = []) {
    if (arguments.length === 0) throw new TypeError("A WebSocket needs the URL to connect to");
    const parsed = parseSocketUrl(url, pageUrl());
    const offered = readProtocols(protocols);
    super();
    this.#url = parsed.href;
    const owner = this.#lineOwner();
    this.#dial = new SocketDial(parsed, offered, {
      handleHello: (socket, hello) => {
        const greeted = { socket, hello, url: parsed.href, protocols: offered };
        this.#line = new SessionLine(greeted, owner, this.#binaryType);
      },
      handlePlain: (socket) => {
        this.#line = new PlainLine(socket, owner, this.#binaryType);
        owner.handleOpen(socket);
      },
      handleFailed: (error) => owner.handleEnd({ code: 1006, reason: "", wasClean: false, error }),
    });
    this.#dial.start();
  }

  /** 0 CONNECTING, 1 OPEN, 2 CLOSING, 3 CLOSED. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  get url(): string {
    return this.#url;
  }

  /** The application's subprotocol, or "". */
  get protocol(): string {
    return this.#protocol;
  }

  get extensions(): string {
    return this.#extensions;
  }

  /** Payload bytes that have not left yet; with a session, whose handlers have not begun at the server. */
  get bufferedAmount(): number {
    return (this.#line?.bufferedAmount ?? 0) + this.#discardedBytes;
  }

  /** How binary messages come: "blob" or "arraybuffer". */
  get binaryType(): StandardBinaryType {
    return this.#binaryType;
  }

  set binaryType(value: StandardBinaryType) {
    if (value !== "blob" && value !== "arraybuffer") return;
    this.#binaryType = value;
    this.#line?.setBinaryType(value);
  }

  /**
   * @throws {DOMException} InvalidStateError while CONNECTING.
   * @throws {TypeError} for shared memory, and without an argument.
   */
  send(data: SendData): void {
    if (arguments.length === 0) throw new TypeError("send() needs the data to send");
    const payload = toPayload(data);
    if (this.#readyState === ReadyState.Connecting) {
      throw new DOMException("The connection is not open yet; wait for the open event", "InvalidStateError");
    }
    if (this.#readyState === ReadyState.Open) this.#line!.send(payload);
    else this.#discardedBytes += payloadBytesOf(payload);
  }

  /**
   * @param code 1000 or 3000–4999.
   * @param reason At most 123 bytes of UTF-8.
   * @throws {DOMException} InvalidAccessError for another code, SyntaxError for a longer reason.
   */
  close(...[code, reason]: [code?: number, reason?: string]): void {
    const close = checkClose(code, reason);
    const state = this.#readyState;
    if (state >= ReadyState.Closing) return;
    this.#readyState = ReadyState.Closing;
    if (state === ReadyState.Open) this.#line!.close(close.code, close.reason);
    else (this.#line ?? this.#dial).abort();
  }

  get onopen(): EventHandler<StandardEvent> {
    return this.getAttribute("open");
  }

  set onopen(handler: EventHandler<StandardEvent>) {
    this.setAttribute("open", handler);
  }

  get onmessage(): EventHandler<StandardMessageEvent> {
    return this.getAttribute("message");
  }

  set onmessage(handler: EventHandler<StandardMessageEvent>) {
    this.setAttribute("message", handler);
  }

  get onerror(): EventHandler<StandardErrorEvent> {
    return this.getAttribute("error");
  }

  set onerror(handler: EventHandler<StandardErrorEvent>) {
    this.setAttribute("error", handler);
  }

  get onclose(): EventHandler<StandardCloseEvent> {
    return this.getAttribute("close");
  }

  set onclose(handler: EventHandler<StandardCloseEvent>) {
    this.setAttribute("close", handler);
  }

  /** The standard's "report the exception": it ends up where any uncaught error does. */
  protected override reportListenerError(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }

  #lineOwner(): LineOwner {
    return {
      handleOpen: ({ protocol, extensions }) => {
        if (this.#readyState !== ReadyState.Connecting) return;
        this.#readyState = ReadyState.Open;
        this.#protocol = protocol;
        this.#extensions = extensions;
        dispatch(this, new SocketEvent("open", this));
      },
      handleMessage: (data) => {
        if (this.#readyState === ReadyState.Open) dispatch(this, new MessageEvent("message", this, data));
      },
      handleClosing: () => {
        this.#readyState = ReadyState.Closing;
      },
      handleEnd: (end) => this.#end(end),
    };
  }

  #end({ error, ...end }: LineEnd): void {
    this.#readyState = ReadyState.Closed;
    if (error !== undefined || !end.wasClean) dispatch(this, new ErrorEvent(this, error));
    dispatch(this, new CloseEvent(this, end));
  }

  static {
    defineStates(WebSocket);
    for (const name of standardMembers)
      Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
    Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, {
      value: "WebSocket",
      configurable: true,
    });
  }
}
