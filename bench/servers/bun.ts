import { announce, MESSAGE_BYTES_MAX, readSettings } from "./control.ts";

/** What is used of Bun's server: the types of Node do not know it. */
interface Socket {
  readonly data: { path: string };
  send(message: string | Uint8Array, compress: boolean): number;
  subscribe(topic: string): void;
  getBufferedAmount(): number;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request, options: { data: { path: string } }): boolean;
  publish(topic: string, message: string | Uint8Array, compress: boolean): number;
}
interface BunGlobal {
  serve(options: object): BunServer;
}

const { Bun } = globalThis as unknown as { Bun: BunGlobal };
const { deflate, tls } = readSettings();

const slow = new Set<Socket>();

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  tls,
  fetch: (request: Request) =>
    server.upgrade(request, { data: { path: new URL(request.url).pathname } })
      ? undefined
      : new Response("This is a WebSocket server", { status: 426 }),
  websocket: {
    maxPayloadLength: MESSAGE_BYTES_MAX,
    backpressureLimit: 16 * MESSAGE_BYTES_MAX,
    // "shared" is its word for no context takeover.
    perMessageDeflate: deflate && { compress: "shared", decompress: "shared" },
    open: (socket: Socket) => {
      if (isSubscriber(socket.data.path)) socket.subscribe("all");
      if (socket.data.path === "/slow") slow.add(socket);
    },
    close: (socket: Socket) => slow.delete(socket),
    message: (socket: Socket, message: string | Uint8Array) => {
      if (socket.data.path === "/publish") server.publish("all", message, deflate);
      else socket.send(message, deflate);
    },
  },
});
announce(server.port, () => Math.max(0, ...[...slow].map((socket) => socket.getBufferedAmount())));

function isSubscriber(path: string): boolean {
  return path === "/subscribe" || path === "/slow";
}
