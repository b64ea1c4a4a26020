import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate.ts";
import { RawPeer } from "./raw-peer.ts";

/** A TLS server that leaves what is said inside the tunnel to the test. */
export class RawTlsServer implements AsyncDisposable {
  /** The Server Name Indication of each connection whose handshake succeeded. */
  readonly serverNames: (string | false | null)[] = [];
  /** Resolves with the first connection. */
  readonly connected: Promise<RawPeer>;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor({ key, cert }: Certificate) {
    const { promise, resolve } = Promise.withResolvers<RawPeer>();
    this.connected = promise;
    this.#server = createServer({ key, cert, allowHalfOpen: true }, (socket: TLSSocket) => {
      this.serverNames.push((socket as TLSSocket & { servername: string | false | null }).servername);
      resolve(new RawPeer(socket, "server"));
    });
    this.#server.on("connection", (socket: Socket) => this.#sockets.push(socket));
    // A client that refuses the certificate ends the handshake with an error here.
    this.#server.on("tlsClientError", () => {});
  }

  static async listen(certificate: Certificate): Promise<RawTlsServer> {
    const server = new RawTlsServer(certificate);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
