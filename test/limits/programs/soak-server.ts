import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type ConnectionEvent,
  type WebSocketConnection,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../../src/websocket/index.ts";
import { readHoldings, type ServerStatus } from "../soak/soak-status.ts";

/** The server of the endurance run: our own listener and an HTTP server, with limits that the run gets to see. */
const options: WebSocketServerOptions = {
  perMessageDeflate: { threshold: 128, serverNoContextTakeover: false, clientNoContextTakeover: false },
  handshakeTimeout: 2000,
  closeTimeout: 1000,
  heartbeatIntervalMs: 2000,
  bufferedBytesMax: 1024 * 1024,
  maxPayload: 2 * 1024 * 1024,
  log: { warn() {} },
};
const flood = Buffer.alloc(64 * 1024, "flood");
/** For a run that is to show that it would tell. */
const leakItems = Number(process.argv[2]) / 8;
const leaked: number[][] = [];
let messages = 0;
const errors: Record<string, number> = {};

/** What a connection is for, by its path. */
const routes: Record<string, (socket: WebSocketConnection, server: WebSocketServer) => unknown> = {
  "/echo": (socket) => {
    socket.onmessage = ({ data }) => socket.send(data);
  },
  "/patient-echo": (socket) => {
    socket.onmessage = async ({ data }) => {
      await socket.writable();
      await nextTurn();
      socket.send(data);
    };
  },
  "/iterated-echo": async (socket) => {
    for await (const data of socket) {
      await socket.writable();
      socket.send(data);
    }
  },
  "/topics": (socket, server) => {
    socket.onmessage = ({ data }) => {
      const [, verb, topic, text] = /^(\w+) (\S+) ?(.*)$/s.exec(data as string) as unknown as string[];
      if (verb === "publish") server.publish(topic!, `${topic} ${text}`);
      else if (verb === "tell") socket.publish(topic!, `${topic} ${text}`);
      else if (verb === "join") socket.subscribe(topic!);
      else socket.unsubscribe(topic!);
      if (verb !== "publish" && verb !== "tell") socket.send(`${verb} ${topic}`);
    };
  },
  "/flood": async (socket) => {
    while (socket.readyState === socket.OPEN) {
      socket.send(flood);
      await nextTurn();
    }
  },
  "/close": (socket) => {
    socket.onmessage = ({ data }) => socket.close(4001, data as string);
  },
  "/throw": (socket) => {
    socket.onmessage = () => {
      throw new TypeError("a listener that fails");
    };
  },
};

function handle({ socket, request, target }: ConnectionEvent): unknown {
  if (leakItems > 0) leaked.push(Array.from({ length: leakItems }, (_, i) => i));
  socket.addEventListener("message", () => void messages++);
  socket.addEventListener("error", ({ error }) => {
    const { code = "none" } = error as { code?: string };
    errors[code] = (errors[code] ?? 0) + 1;
  });
  return routes[request.url]?.(socket, target as unknown as WebSocketServer);
}

const own = new WebSocketServer({ ...options, port: 0, host: "127.0.0.1" });
const http = createServer(
  { headersTimeout: 2000, connectionsCheckingInterval: 500 },
  (_request, response) => {
    response.writeHead(404).end();
  },
);
const attached = new WebSocketServer({ ...options, server: http });
for (const server of [own, attached]) server.onconnection = handle;
await own.listening;
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

process.on("message", () => {
  const connections = own.clients.size + attached.clients.size;
  const status: ServerStatus = { ...readHoldings(), connections, messages, errors };
  process.send?.(status);
});
process.on("disconnect", () => process.exit());
process.send?.([own, http].map((server) => (server.address() as AddressInfo).port));
