import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import {
  deflateOffer,
  type EstablishedUpgrade,
  type ExtraHeaders,
  HttpHeadParser,
  makeHandshakeKey,
  type PerMessageDeflateOptions,
  readResponseHead,
  readUpgradeResponse,
  writeUpgradeRequest,
} from "../protocol/index.ts";
import { isBadPort } from "./bad-ports.ts";
import { ConnectionError } from "./errors.ts";
import { sha1Base64 } from "./upgrade.ts";

export interface OpeningOptions {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly headers: ExtraHeaders;
  readonly origin: string | undefined;
  readonly deflate: PerMessageDeflateOptions | undefined;
  readonly tls: ConnectionOptions;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly handshakeTimeout: number;
}

/** A handshake that succeeded: the transport, paused, and what followed the response. */
export interface Opened {
  readonly transport: Socket;
  readonly established: EstablishedUpgrade;
  readonly rest: Buffer;
}

export interface OpeningOwner {
  handleOpened(opened: Opened): void;
  /** The connection will not open: a `ConnectionError` or a `HandshakeError`. */
  handleFailed(error: unknown): void;
}

/** A client's way to an open connection: connect, ask, hold the answer against what was asked. One result is reported. */
export class Opening {
  readonly #options: OpeningOptions;
  readonly #owner: OpeningOwner;
  readonly #key = makeHandshakeKey(randomBytes(16), (bytes) => Buffer.from(bytes).toString("base64"));
  readonly #parser: HttpHeadParser<NonNullable<ReturnType<typeof readResponseHead>>>;
  #transport: Socket | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: OpeningOptions, owner: OpeningOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#parser = new HttpHeadParser(readResponseHead, options);
  }

  /** Begins; the result is reported later, never from within this call. Throws TypeError for headers that are not valid. */
  start(): void {
    const { url, protocols, headers, origin, deflate, handshakeTimeout } = this.#options;
    const request = writeUpgradeRequest({
      host: url.host,
      target: `${url.pathname}${url.search}`,
      key: this.#key,
      protocols,
      extensions: deflate === undefined ? undefined : deflateOffer(deflate),
      origin,
      headers,
    });
    const port = portOf(url);
    if (isBadPort(port)) {
      setImmediate(() => this.#fail(new ConnectionError("WS_PORT_BLOCKED", { port })));
      return;
    }
    const limitMs = handshakeTimeout;
    this.#deadline = setTimeout(
      () => this.#fail(new ConnectionError("WS_HANDSHAKE_TIMEOUT", { limitMs })),
      limitMs,
    );
    this.#connect(port, request);
  }

  /** Gives up. Nothing more is reported. */
  abort(): void {
    this.#finish();
    this.#transport?.destroy();
  }

  #connect(port: number, request: string): void {
    const { url, tls } = this.#options;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const transport =
      url.protocol === "wss:"
        ? connectTls({ host, port, servername: serverNameFor(host), ALPNProtocols: ["http/1.1"], ...tls })
        : connectTcp({ host, port });
    this.#transport = transport;
    transport.setNoDelay(true);
    transport.once(url.protocol === "wss:" ? "secureConnect" : "connect", () => transport.write(request));
    transport.on("data", this.#receive);
    transport.on("end", this.#handleEnd);
    transport.on("error", this.#handleError);
  }

  readonly #receive = (chunk: Buffer): void => {
    try {
      const received = this.#parser.receive(chunk);
      if (received === undefined) return;
      const { key, protocols, deflate } = { key: this.#key, ...this.#options };
      const established = readUpgradeResponse(received.head, { key, protocols, deflate }, sha1Base64);
      const transport = this.#transport!;
      this.#finish();
      transport.off("error", this.#handleError);
      transport.pause();
      const rest = chunk.subarray(chunk.length - received.rest.length);
      this.#owner.handleOpened({ transport, established, rest });
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #handleEnd = (): void => {
    this.#handleError(new Error("the server ended the connection before it had answered"));
  };

  readonly #handleError = (cause: Error): void => {
    const { host } = this.#options.url;
    this.#fail(new ConnectionError("WS_CONNECT_FAILED", { host, reason: reasonOf(cause) }, { cause }));
  };

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.abort();
    this.#owner.handleFailed(error);
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#deadline);
    // The error listener stays: a transport that is being destroyed may still report one.
    this.#transport?.off("data", this.#receive);
    this.#transport?.off("end", this.#handleEnd);
  }
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "wss:" ? 443 : 80;
}

/** Server Name Indication is for names, not for addresses (RFC 6066 §3). */
function serverNameFor(host: string): string {
  return /^[\d.]+$/.test(host) || host.includes(":") ? "" : host;
}

/** Node joins the failures of several addresses in an AggregateError without a message. */
function reasonOf(cause: Error): string {
  if (cause instanceof AggregateError) return cause.errors.map((error: Error) => error.message).join("; ");
  return cause.message;
}
