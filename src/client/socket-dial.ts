import { errorOf } from "./plain-line.ts";
import { linkProtocol } from "./socket-link.ts";
import { platformSocketClass, type TransportSocket } from "./transport-socket.ts";

export interface DialOwner {
  /** The server speaks sessions. */
  handleHello(socket: TransportSocket, hello: string): void;
  /** The server speaks something of its own. */
  handlePlain(socket: TransportSocket): void;
  handleFailed(error: unknown): void;
}

/** How long a server that chose our subprotocol may take to say hello: some choose whatever comes first. */
const helloTimeoutMs = 2_000;
const rememberedMax = 256;

/** Servers, by origin and path, that do not speak sessions; until the program ends. */
const plainServers = new Set<string>();

/** Opens a WebSocket to a server of which it is not known whether it speaks sessions. */
export class SocketDial {
  readonly #url: URL;
  readonly #protocols: readonly string[];
  readonly #owner: DialOwner;
  #socket: TransportSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAborted = false;

  constructor(url: URL, protocols: readonly string[], owner: DialOwner) {
    this.#url = url;
    this.#protocols = protocols;
    this.#owner = owner;
  }

  start(): void {
    if (plainServers.has(this.#server) || this.#protocols.includes(linkProtocol)) this.#tryPlain();
    else this.#tryBoth();
  }

  abort(): void {
    this.#isAborted = true;
    this.#socket?.close();
  }

  get #server(): string {
    return this.#url.origin + this.#url.pathname;
  }

  /** Our subprotocol comes last: a server that speaks the application's as well may prefer that. */
  #tryBoth(): void {
    const socket = this.#open([...this.#protocols, linkProtocol], () => this.#tryPlain());
    socket.onopen = () => {
      if (socket.protocol !== linkProtocol) return this.#owner.handlePlain(socket);
      this.#timer = setTimeout(() => socket.close(), helloTimeoutMs);
    };
    socket.onmessage = ({ data }: { data: unknown }) => {
      clearTimeout(this.#timer);
      if (typeof data === "string" && data.startsWith("hello {")) this.#owner.handleHello(socket, data);
      else socket.close();
    };
  }

  #tryPlain(): void {
    clearTimeout(this.#timer);
    const socket = this.#open(this.#protocols, (error) => this.#owner.handleFailed(error));
    socket.onopen = () => {
      plainServers.delete(this.#server);
      plainServers.add(this.#server);
      if (plainServers.size > rememberedMax) plainServers.delete(plainServers.values().next().value!);
      this.#owner.handlePlain(socket);
    };
  }

  #open(protocols: readonly string[], onFailed: (error: unknown) => void): TransportSocket {
    const socket = new (platformSocketClass())(this.#url.href, [...protocols]);
    this.#socket = socket;
    let error: unknown;
    socket.onerror = (event: unknown) => {
      error = errorOf(event);
    };
    socket.onclose = () => {
      // Node's closes within the call of close().
      if (this.#isAborted) queueMicrotask(() => this.#owner.handleFailed(error));
      else onFailed(error);
    };
    return socket;
  }
}
