import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { announce, MESSAGE_BYTES_MAX, readSettings } from "./control.ts";

const { deflate, tls } = readSettings();
const httpsServer = tls === undefined ? undefined : createServer(tls);
const server = new WebSocketServer({
  ...(httpsServer === undefined ? { port: 0, host: "127.0.0.1" } : { server: httpsServer }),
  maxPayload: MESSAGE_BYTES_MAX,
  perMessageDeflate: deflate && {
    threshold: 0,
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
  },
});
const subscribers = new Set<WebSocket>();

server.on("connection", (socket, request) => {
  socket.on("error", () => {});
  if (request.url === "/subscribe" || request.url === "/slow") {
    subscribers.add(socket);
    socket.on("close", () => subscribers.delete(socket));
  }
  if (request.url === "/publish") {
    socket.on("message", (data, binary) => {
      for (const subscriber of subscribers) {
        if (subscriber.readyState === WebSocket.OPEN) subscriber.send(data, { binary });
      }
    });
  } else if (request.url !== "/subscribe") {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  }
});

const listener = httpsServer?.listen(0, "127.0.0.1") ?? server;
listener.on("listening", () => announce((listener.address() as AddressInfo).port, readBuffered));

function readBuffered(): number {
  return Math.max(0, ...[...server.clients].map(({ bufferedAmount }) => bufferedAmount));
}
