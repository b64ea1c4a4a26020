import { announce, MESSAGE_BYTES_MAX, readSettings } from "./control.ts";

/** What is used of uWebSockets.js, which is not on the npm registry: see the peer's note. */
interface Socket {
  getUserData(): { path: string };
  send(message: ArrayBuffer, binary: boolean, compress: boolean): number;
  subscribe(topic: string): boolean;
  getBufferedAmount(): number;
}
interface App {
  ws(pattern: string, behaviour: object): App;
  publish(topic: string, message: ArrayBuffer, binary: boolean, compress: boolean): boolean;
  listen(host: string, port: number, done: (listening: object) => void): App;
}
interface UpgradeResponse {
  upgrade(data: { path: string }, key: string, protocol: string, extensions: string, context: object): void;
}
interface UpgradeRequest {
  getUrl(): string;
  getHeader(name: string): string;
}
interface UWebSockets {
  readonly SHARED_COMPRESSOR: number;
  App(): App;
  us_socket_local_port(listening: object): number;
}

const name = "uWebSockets.js";
const { default: uWebSockets } = (await import(name)) as { default: UWebSockets };
const { deflate } = readSettings();
const app = uWebSockets.App();
const slow = new Set<Socket>();

app.ws("/*", {
  maxPayloadLength: MESSAGE_BYTES_MAX,
  maxBackpressure: 16 * MESSAGE_BYTES_MAX,
  compression: deflate ? uWebSockets.SHARED_COMPRESSOR : 0,
  upgrade: (response: UpgradeResponse, request: UpgradeRequest, context: object) => {
    const header = (field: string): string => request.getHeader(`sec-websocket-${field}`);
    const data = { path: request.getUrl() };
    response.upgrade(data, header("key"), header("protocol"), header("extensions"), context);
  },
  open: (socket: Socket) => {
    const { path } = socket.getUserData();
    if (path === "/subscribe" || path === "/slow") socket.subscribe("all");
    if (path === "/slow") slow.add(socket);
  },
  close: (socket: Socket) => slow.delete(socket),
  message: (socket: Socket, message: ArrayBuffer, binary: boolean) => {
    if (socket.getUserData().path === "/publish") app.publish("all", message, binary, deflate);
    else socket.send(message, binary, deflate);
  },
});
app.listen("127.0.0.1", 0, (listening) =>
  announce(uWebSockets.us_socket_local_port(listening), readBuffered),
);

function readBuffered(): number {
  return Math.max(0, ...[...slow].map((socket) => socket.getBufferedAmount()));
}
