import type { AddressInfo } from "node:net";
import {
  WebSocket,
  type WebSocketConnection,
  type WebSocketOptions,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../src/websocket/index.ts";
import { hear } from "./hear.ts";

/** A server of ours on a free port, and what it wrote to its log. */
export interface TestListener extends AsyncDisposable {
  readonly server: WebSocketServer;
  readonly port: number;
  readonly url: string;
  readonly warnings: string[];
}

export async function listen(options: WebSocketServerOptions = {}): Promise<TestListener> {
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", log, ...options });
  await server.listening;
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "ws" : "wss";
  return {
    server,
    port,
    url: `${scheme}://127.0.0.1:${port}/`,
    warnings,
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
}

/** A client of ours on an open connection. */
export async function connect(url: string, options: WebSocketOptions = {}): Promise<WebSocket> {
  const client = new WebSocket(url, [], options);
  client.binaryType = "arraybuffer";
  await hear(client, "open");
  return client;
}

/** Both ends of one open connection of ours, in one process. */
export interface Line extends TestListener {
  readonly socket: WebSocketConnection;
  readonly client: WebSocket;
}

export interface LineOptions {
  readonly server?: WebSocketServerOptions;
  readonly client?: WebSocketOptions;
  /** Called with the server's end from inside the connection handler; what it returns is the handler's. */
  readonly onConnection?: (socket: WebSocketConnection) => unknown;
}

export async function openLine(options: LineOptions = {}): Promise<Line> {
  const listener = await listen(options.server);
  const accepted = new Promise<WebSocketConnection>((resolve) => {
    listener.server.onconnection = ({ socket }) => {
      resolve(socket);
      return options.onConnection?.(socket);
    };
  });
  const client = await connect(listener.url, options.client);
  return {
    ...listener,
    socket: await accepted,
    client,
    async [Symbol.asyncDispose]() {
      client.terminate();
      await listener[Symbol.asyncDispose]();
    },
  };
}
