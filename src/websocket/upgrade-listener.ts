import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { HttpHeadParser, readRequestHead, type RequestHead } from "../protocol/index.ts";
import type { PendingHandshake } from "./pending-handshake.ts";
import { refuse } from "./refuse.ts";
import { refusalFor } from "./upgrade.ts";

export interface UpgradeListenerOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly backlog: number | undefined;
  readonly tls: TlsOptions | undefined;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly handshakeTimeout: number;
}

/** The end of the server that this front end hands its handshakes to. */
export interface UpgradeOwner {
  /** A transport has come; undefined if there is no room for it, in which case it has been answered. */
  begin(transport: Socket): PendingHandshake | undefined;
  /** A request has come on it; `rest` is what followed its head. */
  upgrade(handshake: PendingHandshake, head: RequestHead, rest: Buffer): void;
}

/** The front end of a server that listens by itself: it reads nothing of HTTP but the heads of handshakes. */
export class UpgradeListener {
  readonly #options: UpgradeListenerOptions;
  readonly #owner: UpgradeOwner;
  readonly #server: Server;

  constructor(options: UpgradeListenerOptions, owner: UpgradeOwner) {
    this.#options = options;
    this.#owner = owner;
    const common = { noDelay: true, allowHalfOpen: true };
    if (options.tls === undefined) {
      this.#server = createServer(common, (socket) => this.#receive(socket));
    } else {
      const tls = { ALPNProtocols: ["http/1.1"], handshakeTimeout: options.handshakeTimeout, ...options.tls };
      this.#server = createTlsServer({ ...common, ...tls }, (socket) => this.#receive(socket));
    }
  }

  /** Resolves when the port is bound; rejects with Node's error, such as EADDRINUSE. */
  listen(): Promise<void> {
    const { port, host, backlog } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port, host, backlog }, () => {
        this.#server.off("error", reject);
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

  #receive(socket: Socket): void {
    const handshake = this.#owner.begin(socket);
    if (handshake === undefined) return;
    const parser = new HttpHeadParser(readRequestHead, this.#options);
    const receive = (chunk: Buffer): void => {
      try {
        const received = parser.receive(chunk);
        if (received === undefined) return;
        stop();
        socket.pause();
        this.#owner.upgrade(handshake, received.head, chunk.subarray(chunk.length - received.rest.length));
      } catch (error) {
        stop();
        handshake.finish();
        refuse(socket, refusalFor(error));
      }
    };
    const giveUp = (): void => {
      socket.destroy();
    };
    const stop = (): void => {
      socket.off("data", receive);
      socket.off("end", giveUp);
    };
    socket.on("data", receive);
    socket.on("end", giveUp);
  }
}
