import type { ConnectionOptions as TlsOptions } from "node:tls";
import {
  CloseEvent,
  defineStates,
  dispatch,
  ErrorEvent,
  flattenPrototype,
  parseSocketUrl,
  readProtocols,
  SocketEvent,
} from "../interface/index.ts";
import type { ExtraHeaders } from "../protocol/index.ts";
import { WebSocketConnection } from "./connection.ts";
import { type ConnectionOptions, readConnectionOptions } from "./connection-options.ts";
import { DeflateCodecs } from "./deflate-codecs.ts";
import { Heartbeat } from "./heartbeat.ts";
import { websocketLimits } from "./limits.ts";
import { type Opened, Opening, type OpeningOwner } from "./opening.ts";
import { checkLimits } from "./option-checks.ts";

/** What the standard's constructor has no place for. TLS options are those of `tls.connect`. */
export interface WebSocketOptions
  extends ConnectionOptions,
    Pick<TlsOptions, "ca" | "cert" | "key" | "passphrase" | "rejectUnauthorized" | "servername"> {
  /** Further request headers, such as Authorization or Cookie. */
  headers?: ExtraHeaders;
  /** The Origin header. Default: none, as this is no browser. */
  origin?: string;
  /**
   * Milliseconds for DNS, and for TCP, TLS and the handshake together. The wait while another connection to the same
   * address is being opened does not count: RFC 6455 §4.1 has them opened one after another. Default: 10,000.
   */
  handshakeTimeout?: number;
  /** A server silent for this many milliseconds is pinged, and gone after as many again. Default: 0, off. */
  heartbeatIntervalMs?: number;
}

/** The members of the standard's interface. */
const standardMembers: ReadonlySet<string | symbol> = new Set([
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
]);

type Settings = ReturnType<typeof readOptions>;

/**
 * A WebSocket client for Node with the interface and the behaviour of the WHATWG standard
 * (https://websockets.spec.whatwg.org): errors, events, their order, and what `bufferedAmount` counts. What a listener
 * throws is reported as an uncaught exception, and what it returns is not awaited, as everywhere on the web.
 */
export class WebSocket extends WebSocketConnection {
  readonly #settings: Settings;
  readonly #opening: Opening;
  #heartbeat: Heartbeat | undefined;

  /**
   * @param url `ws:` or `wss:`; `http:` and `https:` are taken as these. No fragment.
   * @param protocols The subprotocols to offer, the preferred one first.
   * @throws {DOMException} SyntaxError for a URL or subprotocols that the standard does not allow.
   * @throws {TypeError | RangeError} for an option that is not what it should be.
   */
  constructor(url: string | URL, protocols: string | readonly string[] = [], options: WebSocketOptions = {}) {
    if (arguments.length === 0) throw new TypeError("A WebSocket needs the URL to connect to");
    const parsed = parseSocketUrl(url);
    const offered = readProtocols(protocols);
    super({ url: parsed.href, protocol: "", extensions: "" }, "blob");
    this.#settings = readOptions(options);
    const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options;
    const tls = {
      ca,
      cert,
      key,
      passphrase,
      rejectUnauthorized,
      ...(servername === undefined ? {} : { servername }),
    };
    const { origin } = options;
    const headers = withCredentials(parsed, options.headers ?? {});
    const owner: OpeningOwner = {
      handleOpened: (opened) => this.#handleOpened({ ...opened, url: parsed.href }),
      handleFailed: (error) => this.#handleFailed(error),
    };
    this.#opening = new Opening(
      { ...this.#settings, url: parsed, protocols: offered, headers, origin, tls },
      owner,
    );
    this.#opening.start();
  }

  /** The standard's: 1000, or 3000 to 4999 for the application. */
  protected override mayCloseWith(code: number): boolean {
    return code === 1000 || (code >= 3000 && code <= 4999);
  }

  protected override abortConnecting(): void {
    this.setUnopened(2);
    this.#opening.abort();
    setImmediate(() =>
      this.#handleFailed(new DOMException("Closed before the connection was open", "AbortError")),
    );
  }

  /** The standard's "report the exception": it ends up where any uncaught error does. */
  protected override reportListenerError(error: unknown): void {
    process.nextTick(() => {
      throw error;
    });
  }

  #handleOpened({ url, transport, established, rest }: Opened & { url: string }): void {
    const { deflate: parameters, protocol, extensions } = established;
    const { deflate, heartbeatIntervalMs } = this.#settings;
    const codecs = deflate === undefined ? undefined : new DeflateCodecs("client", deflate);
    const engine = this.open(
      { url, protocol, extensions },
      { ...this.#settings, role: "client", log: console, onGone: () => this.#heartbeat?.stop() },
      {
        transport,
        inflater: parameters && codecs?.inflaterFor(parameters),
        deflater: parameters && codecs?.deflaterFor(parameters),
      },
    );
    this.#heartbeat = new Heartbeat(heartbeatIntervalMs, [this]);
    dispatch(this, new SocketEvent("open", this));
    engine.start(rest);
  }

  #handleFailed(error: unknown): void {
    this.setUnopened(3);
    dispatch(this, new ErrorEvent(this, error));
    dispatch(this, new CloseEvent(this, { code: 1006, reason: "", wasClean: false }));
  }

  static {
    defineStates(WebSocket);
    flattenPrototype(WebSocket.prototype, WebSocketConnection.prototype, standardMembers);
  }
}

function readOptions(options: WebSocketOptions) {
  return {
    ...readConnectionOptions(options, "client"),
    ...checkLimits(options, {
      handshakeTimeout: websocketLimits.handshakeTimeout,
      heartbeatIntervalMs: { ...websocketLimits.heartbeatIntervalMs, default: 0 },
    }),
  };
}

/** User and password of the URL become Basic authentication, unless the caller authenticates in another way. */
function withCredentials(url: URL, headers: ExtraHeaders): ExtraHeaders {
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  if (isGiven || (url.username === "" && url.password === "")) return headers;
  const credentials = [url.username, url.password].map(percentDecode).join(":");
  return { ...headers, Authorization: `Basic ${Buffer.from(credentials, "latin1").toString("base64")}` };
}

/** The bytes that an ASCII text stands for, one character each; "%" without two digits is itself (URL §1.3). */
function percentDecode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
