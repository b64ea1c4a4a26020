import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Forwards TCP connections to a port and keeps every byte that passes, as an observer on the path sees it. */
export class Wiretap implements AsyncDisposable {
  readonly fromClient: Buffer[] = [];
  readonly fromServer: Buffer[] = [];
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, "127.0.0.1");
      this.#sockets.push(client, upstream);
      client.on("data", (bytes) => this.fromClient.push(bytes)).on("error", () => upstream.destroy());
      upstream.on("data", (bytes) => this.fromServer.push(bytes)).on("error", () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
  }

  static async to(port: number): Promise<Wiretap> {
    const tap = new Wiretap(port);
    await new Promise<void>((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Everything that passed, in Latin-1, to look for plain text in. */
  get text(): string {
    return Buffer.concat([...this.fromClient, ...this.fromServer]).toString("latin1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
