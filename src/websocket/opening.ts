import { randomBytes } from "node:crypto";
import { ADDRCONFIG, type LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import {
  connect as connectTls,
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
} from "node:tls";
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
import { type ConnectTurn, takeConnectTurn } from "./connect-turns.ts";
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
  #secureContext: SecureContext | undefined;
  #turn: ConnectTurn | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: OpeningOptions, owner: OpeningOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#parser = new HttpHeadParser(readResponseHead, options);
  }

  /**
   * Begins; the result is reported later, never from within this call. Throws TypeError for headers that are not valid, and
   * what TLS says of certificates and keys that are not.
   */
  start(): void {
    const { url, protocols, headers, origin, deflate } = this.#options;
    const request = writeUpgradeRequest({
      host: url.host,
      target: `${url.pathname}${url.search}`,
      key: this.#key,
      protocols,
      extensions: deflate === undefined ? undefined : deflateOffer(deflate),
      origin,
      headers,
    });
    if (url.protocol === "wss:") this.#secureContext = createSecureContext(this.#options.tls);
    const port = portOf(url);
    if (isBadPort(port)) {
      setImmediate(() => this.#fail(new ConnectionError("WS_PORT_BLOCKED", { port })));
      return;
    }
    this.#setDeadline();
    void this.#waitAndConnect(port, request);
  }

  /** Gives up. Nothing more is reported. */
  abort(): void {
    this.#finish();
    this.#transport?.destroy();
  }

  /** The time spent in line does not count: each attempt that it waits for has a deadline of its own. */
  #setDeadline(): void {
    const { handshakeTimeout: limitMs } = this.#options;
    this.#deadline = setTimeout(
      () => this.#fail(new ConnectionError("WS_HANDSHAKE_TIMEOUT", { limitMs })),
      limitMs,
    );
  }

  /** Looks the host up first, as connections to one address open one after another, by whatever name (§4.1). */
  async #waitAndConnect(port: number, request: string): Promise<void> {
    const host = hostOf(this.#options.url);
    try {
      const addresses = await lookup(host, { all: true, hints: ADDRCONFIG });
      if (this.#isOver) return;
      clearTimeout(this.#deadline);
      this.#turn = takeConnectTurn(addresses.map(({ address }) => `${address} ${port}`));
      await this.#turn.comes;
      if (this.#isOver) return;
      this.#setDeadline();
      this.#connect({ host, port, lookup: lookupOf(addresses) }, request);
    } catch (error) {
      this.#handleError(error as Error);
    }
  }

  #connect(place: { host: string; port: number; lookup: LookupFunction }, request: string): void {
    const { url, tls } = this.#options;
    const transport =
      url.protocol === "wss:"
        ? connectTls({
            ...place,
            servername: serverNameFor(place.host),
            ALPNProtocols: ["http/1.1"],
            ...tls,
            secureContext: this.#secureContext,
          })
        : connectTcp(place);
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
    this.#turn?.end();
    // The error listener stays: a transport that is being destroyed may still report one.
    this.#transport?.off("data", this.#receive);
    this.#transport?.off("end", this.#handleEnd);
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Gives what has been looked up before. */
function lookupOf(addresses: LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? "", first?.family);
  };
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
