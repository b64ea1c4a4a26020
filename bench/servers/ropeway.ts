import type { AddressInfo } from "node:net";
import type * as Ropeway from "../../src/websocket/index.ts";
import { announce, MESSAGE_BYTES_MAX, readSettings } from "./control.ts";

/** Ropeway as it is published, on its own listener or, with `--http`, on Node's HTTP server. */
const built = new URL("../../dist/websocket/index.js", import.meta.url).href;
const { WebSocketServer } = (await import(built)) as typeof Ropeway;
const { deflate, tls } = readSettings();
const httpServer = process.argv.includes("--http") ? await createHttpServer() : undefined;

const server = new WebSocketServer({
  ...(httpServer === undefined ? { port: 0, host: "127.0.0.1", tls } : { server: httpServer }),
  maxPayload: MESSAGE_BYTES_MAX,
  perMessageDeflate: deflate && {
    threshold: 0,
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
  },
});
server.onconnection = ({ socket, request }) => {
  if (request.url === "/subscribe" || request.url === "/slow") socket.subscribe("all");
  if (request.url === "/publish") socket.onmessage = ({ data }) => server.publish("all", data as string);
  else if (request.url !== "/subscribe") socket.onmessage = ({ data }) => socket.send(data);
};

await server.listening;
if (httpServer !== undefined)
  await new Promise<void>((resolve) => httpServer.listen(0, "127.0.0.1", resolve));
announce((server.address() as AddressInfo).port, () =>
  Math.max(0, ...[...server.clients].map(({ bufferedAmount }) => bufferedAmount)),
);

/** Imported here, as a server by itself does without. */
async function createHttpServer() {
  if (tls === undefined) return (await import("node:http")).createServer();
  return (await import("node:https")).createServer(tls);
}
