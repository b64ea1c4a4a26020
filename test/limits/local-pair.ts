import type { AddressInfo } from "node:net";
import {
  type CloseEvent,
  WebSocket,
  type WebSocketConnection,
  type WebSocketOptions,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../src/websocket/index.ts";

/** A connection of our server and our client, both in this process. */
export interface LocalPair extends AsyncDisposable {
  readonly listener: WebSocketServer;
  readonly server: WebSocketConnection;
  readonly client: WebSocket;
  readonly clientClosed: Promise<CloseEvent>;
}

export async function openLocalPair(
  options: WebSocketServerOptions = {},
  clientOptions: WebSocketOptions = {},
): Promise<LocalPair> {
  const listener = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  const connected = new Promise<WebSocketConnection>((resolve) => {
    listener.onconnection = ({ socket }) => resolve(socket);
  });
  await listener.listening;
  const { port } = listener.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, [], clientOptions);
  client.binaryType = "arraybuffer";
  const clientClosed = new Promise<CloseEvent>((resolve) => client.addEventListener("close", resolve));
  const server = await connected;
  return {
    listener,
    server,
    client,
    clientClosed,
    async [Symbol.asyncDispose]() {
      client.terminate();
      await clientClosed;
      await listener.close({ graceMs: 0 });
    },
  };
}
