import { createServer, type AddressInfo, type Server } from "node:net";
import { formatHead, responseFields, type Fields, type HttpHead } from "./http-head.ts";
import { RawPeer } from "./raw-peer.ts";

/** Accepts TCP connections for the client under test and leaves every byte of the answer to the test. */
export class RawServer implements AsyncDisposable {
  /** How many connections have been opened so far. */
  opened = 0;
  readonly #server: Server;
  readonly #peers: RawPeer[] = [];
  readonly #arrived: RawPeer[] = [];
  readonly #waiting: ((peer: RawPeer) => void)[] = [];

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const peer = new RawPeer(socket, "server");
      this.opened++;
      this.#peers.push(peer);
      const next = this.#waiting.shift();
      if (next === undefined) this.#arrived.push(peer);
      else next(peer);
    });
  }

  static async listen(): Promise<RawServer> {
    const server = new RawServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = "/"): string {
    return `ws://127.0.0.1:${this.port}${path}`;
  }

  /** The next connection, with nothing read from it. */
  accept(): Promise<RawPeer> {
    const peer = this.#arrived.shift();
    return peer === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(peer);
  }

  /** The next connection and its request's head. */
  async acceptRequest(): Promise<{ peer: RawPeer; request: HttpHead }> {
    const peer = await this.accept();
    return { peer, request: await peer.readHead() };
  }

  /** The next connection, its handshake answered; `fields` changes the correct ones. */
  async acceptWebSocket(fields: Fields = {}): Promise<{ peer: RawPeer; request: HttpHead }> {
    const { peer, request } = await this.acceptRequest();
    answer(peer, request, { fields });
    return { peer, request };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface ResponseOptions {
  /** Changes to the correct fields; `undefined` leaves one out. */
  fields?: Fields;
  statusLine?: string;
}

/** Writes the response to a handshake. */
export function answer(peer: RawPeer, request: HttpHead, { fields, statusLine }: ResponseOptions = {}): void {
  const correct = responseFields(request.field("sec-websocket-key") ?? "");
  peer.write(formatHead(statusLine ?? "HTTP/1.1 101 Switching Protocols", { ...correct, ...fields }));
}
