import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A server by `ws`, an implementation that is not ours. */
export class WsPeer implements AsyncDisposable {
  readonly server: WebSocketServer;

  private constructor(onconnection: (socket: WebSocket) => void) {
    this.server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "chat" });
    this.server.on("connection", onconnection);
  }

  static async listen(onconnection: (socket: WebSocket) => void = () => {}): Promise<WsPeer> {
    const peer = new WsPeer(onconnection);
    await once(peer.server, "listening");
    return peer;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** The next connection and its handshake's headers. */
  async nextConnection(): Promise<{ socket: WebSocket; headers: NodeJS.Dict<string | string[]> }> {
    const [socket, request] = (await once(this.server, "connection")) as [
      WebSocket,
      { headers: NodeJS.Dict<string | string[]> },
    ];
    return { socket, headers: request.headers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
