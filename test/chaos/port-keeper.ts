import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * Keeps a port of ours from being given to anybody else while nobody listens on it: a connection is bound to it, which
 * leads to a server of its own.
 */
export class PortKeeper implements AsyncDisposable {
  readonly #server: Server = createServer();
  #socket: Socket | undefined;

  /** Call it when nobody listens on the port. It stays kept, whoever of us listens there later. */
  async keep(port: number): Promise<void> {
    if (this.#socket !== undefined) return;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port: own } = this.#server.address() as AddressInfo;
    this.#socket = connect({ port: own, host: "127.0.0.1", localPort: port, localAddress: "127.0.0.1" });
    const [far] = (await once(this.#server, "connection")) as [Socket];
    this.#socket.once("close", () => far.destroy());
    far.on("error", () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.resetAndDestroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
