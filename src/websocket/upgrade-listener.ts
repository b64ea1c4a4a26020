import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";
import type { PendingHandshake } from "./pending-handshake.ts";

export interface UpgradeListenerOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly backlog: number | undefined;
  readonly tls: TlsOptions | undefined;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly handshakeTimeout: number;
  readonly connectionsMax: number;
}

/** The end of the server that this front end hands its handshakes to. */
export interface UpgradeOwner {
  /** A transport has come; undefined if there is no room for it, in which case it has been answered. */
  begin(transport: Socket): PendingHandshake | undefined;
  /** The listener failed after the port was bound. It goes on. */
  handleError(error: Error): void;
}

/** The front end of a server that listens by itself: it reads nothing of HTTP but the heads of handshakes. */
export class UpgradeListener {
  readonly #options: UpgradeListenerOptions;
  readonly #owner: UpgradeOwner;
  readonly #server: Server;
  /** The TCP connections on which TLS has not agreed yet, by both their ends. */
  readonly #securing = new Map<string, Socket>();

  constructor(options: UpgradeListenerOptions, owner: UpgradeOwner) {
    this.#options = options;
    this.#owner = owner;
    if (options.tls === undefined) {
      const halfOpen = { noDelay: true, allowHalfOpen: true };
      this.#server = createServer(halfOpen, (socket) => this.#receive(socket));
    } else {
      const { tls, handshakeTimeout } = options;
      const own = { noDelay: true, ALPNProtocols: ["http/1.1"], handshakeTimeout };
      this.#server = createTlsServer({ ...own, ...tls }, (socket) => this.#receiveSecured(socket));
      this.#server.on("connection", (socket: Socket) => this.#awaitSecured(socket));
      // Node leaves open what has said nothing within handshakeTimeout.
      this.#server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    }
  }

  /** TCP connections on which TLS has not agreed yet. */
  get securing(): number {
    return this.#securing.size;
  }

  /** Resolves when the port is bound; rejects with Node's error, such as EADDRINUSE. */
  listen(): Promise<void> {
    const { port, host, backlog } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port, host, backlog }, () => {
        this.#server.off("error", reject);
        // Such as a connection that could not be accepted; without a listener it would end the process.
        this.#server.on("error", (error) => this.#owner.handleError(error));
        resolve();
      });
    });
  }

  address(): AddressInfo | null {
    return this.#server.address() as AddressInfo | null;
  }

  /** Accepts no more; resolves when the last transport is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      // It was not listening if there is an error; that is as good.
      this.#server.close(() => resolve());
    });
  }

  /** Ends the connections on which TLS has not agreed yet: nothing can be said on them. */
  cutSecuring(): void {
    for (const socket of this.#securing.values()) socket.destroy();
  }

  #awaitSecured(socket: Socket): void {
    if (this.#securing.size >= this.#options.connectionsMax) {
      socket.destroy();
      return;
    }
    const ends = describeEnds(socket);
    this.#securing.set(ends, socket);
    socket.once("close", () => {
      // The ends may be those of a later connection by now.
      if (this.#securing.get(ends) === socket) this.#securing.delete(ends);
    });
  }

  #receiveSecured(socket: TLSSocket): void {
    // Node does not tell the TCP connection of a TLS socket, but the ends of both are the same.
    this.#securing.delete(describeEnds(socket));
    // Only from here on: a client that leaves before TLS has agreed is gone.
    socket.allowHalfOpen = true;
    this.#receive(socket);
  }

  #receive(socket: Socket): void {
    this.#owner.begin(socket)?.readHead(this.#options);
  }
}

function describeEnds({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
