import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { announce } from "./control.ts";

/** What is used of Socket.IO: its types are not there until its package is installed. */
interface Peer {
  readonly handshake: { readonly query: Readonly<Record<string, string>> };
  join(room: string): void;
  on(event: "message", listener: (text: string) => void): void;
  emit(event: "message", text: string): void;
}
interface SocketIoServer {
  on(event: "connection", listener: (peer: Peer) => void): void;
  to(room: string): { emit(event: "message", text: string): void };
}
type SocketIo = { Server: new (server: object, options: object) => SocketIoServer };

const name = "socket.io";
const { Server } = (await import(name)) as SocketIo;
const httpServer = createServer();
// No heartbeat within a run: the generator does not answer one.
const server = new Server(httpServer, {
  transports: ["websocket"],
  serveClient: false,
  pingInterval: 3_600_000,
  ...(process.argv.includes("--recovery") ? { connectionStateRecovery: {} } : {}),
});

server.on("connection", (peer) => {
  const { path } = peer.handshake.query;
  if (path === "/subscribe") peer.join("all");
  else if (path === "/publish") peer.on("message", (text) => server.to("all").emit("message", text));
  else peer.on("message", (text) => peer.emit("message", text));
});
httpServer.listen(0, "127.0.0.1", () => announce((httpServer.address() as AddressInfo).port));
