// Compiled against the packed package by an older TypeScript that checks the declaration files too.
import { createServer as createHttpServer } from "node:http";
import { createServer, defineConfig } from "ropeway/server";
import { HandshakeError, ProtocolError, WebSocket, WebSocketServer } from "ropeway/websocket";
import type {
  MessageEvent,
  UpgradeRequest,
  WebSocketConnection,
  WebSocketServerOptions,
} from "ropeway/websocket";

const options: WebSocketServerOptions = {
  server: createHttpServer(),
  path: "/live",
  origins: ["https://app.example"],
  handleProtocols: (protocols) => (protocols.has("chat") ? "chat" : false),
  perMessageDeflate: { threshold: 1024 },
  maxPayload: 1024 * 1024,
};

export const server = new WebSocketServer(options);
// @ts-expect-error A limit is a number: the declarations are exact, and not `any` for want of a type that they name.
export const refused: WebSocketServerOptions = { maxPayload: "16 MiB" };
const joined = new Set<WebSocketConnection>();

server.onconnection = ({ socket, request }: { socket: WebSocketConnection; request: UpgradeRequest }) => {
  const address: string = request.remoteAddress;
  const readyState: 0 | 1 | 2 | 3 = socket.readyState;
  joined.add(socket);
  socket.subscribe("room");
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") socket.publish("room", `${address} ${readyState}: ${data}`);
  };
  socket.onerror = ({ error }) => {
    if (error instanceof ProtocolError) console.error(error.code, error.closeCode, error.clause);
  };
  socket.onclose = ({ code, reason, wasClean }) => console.log(code, reason, wasClean);
};

/** Reads everything from an address by the async iterator, with backpressure on what goes back. */
export async function echo(url: string): Promise<void> {
  const client = new WebSocket(url, ["chat"], {
    headers: { authorization: "Bearer x" },
    handshakeTimeout: 5_000,
  });
  client.addEventListener("open", () => client.send("hello"), { once: true });
  client.addEventListener("error", ({ error }) => {
    if (error instanceof HandshakeError) console.error(error.code, error.status);
  });
  for await (const data of client) {
    await client.writable();
    client.send(data);
  }
}

/** What a message may be is told by Node's types. */
export function binaryOf({ data }: MessageEvent): Buffer | ArrayBuffer | Blob | undefined {
  return typeof data === "string" ? undefined : data;
}

/** The object is the standard interface, so code that is written for the platform's own takes it. */
export function describe(socket: Pick<globalThis.WebSocket, "readyState" | "protocol" | "send">): string {
  return `${socket.protocol} ${socket.readyState}`;
}

export const described: string = describe(new WebSocket("ws://localhost:1"));

export const config = defineConfig({
  port: 9000,
  endpoints: { "/live": ({ socket }) => (socket.onmessage = ({ data }) => socket.send(data)) },
});
export const host = createServer();
