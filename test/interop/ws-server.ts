import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { off } from "./compression.ts";
import type { PeerServer, PeerServerKind, PeerServerOptions } from "./peer-server.ts";
import { sendInFragments } from "./ws-fragments.ts";

/** The server of `ws`. */
export const wsServer: PeerServerKind = {
  name: "ws",
  async start({ compression = off, certificate }: PeerServerOptions = {}) {
    const http = certificate === undefined ? createHttpServer() : createHttpsServer(certificate);
    const engine = new WebSocketServer({
      server: http,
      perMessageDeflate: compression.perMessageDeflate,
      handleProtocols: (offered) => ["chat.v2", "chat.v1"].find((name) => offered.has(name)) ?? false,
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new WsServer(http, engine, certificate === undefined ? "ws" : "wss");
  },
};

class WsServer implements PeerServer {
  readonly url: string;
  readonly #http: Server;
  readonly #engine: WebSocketServer;
  #finish: ((end: { code: number; reason: string }) => void) | undefined;

  constructor(http: Server, engine: WebSocketServer, scheme: string) {
    this.url = `${scheme}://127.0.0.1:${(http.address() as AddressInfo).port}`;
    this.#http = http;
    this.#engine = engine;
    engine.on("connection", (socket, request) => this.#handle(socket, request));
  }

  nextEnd(): Promise<{ code: number; reason: string }> {
    return new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#engine.clients) socket.terminate();
    this.#engine.close();
    this.#http.close();
    await once(this.#http, "close");
  }

  #handle(socket: WebSocket, { url: path }: IncomingMessage): void {
    const fragments = path === "/fragments" ? 7 : 1;
    socket.on("message", (data: Buffer, isBinary) => sendInFragments(socket, { data, isBinary }, fragments));
    socket.on("pong", (payload) => socket.send(`pong: ${payload.toString("utf8")}`));
    socket.on("close", (code, reason) => this.#finish?.({ code, reason: reason.toString("utf8") }));
    if (path === "/close") socket.close(4321, "Ende – 終");
    if (path === "/ping") socket.ping("and you?");
  }
}
