import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { answer, conformanceProtocols as handleProtocols } from "../client/conformance-peer.ts";
import { type Place, serve } from "../server/serve.ts";

const CASES = new URL("../client/websocket-conformance.ts", import.meta.url);

/** Servers for websocket-conformance.ts in pages: one of sessions, and one that knows nothing of them and has the page. */
export class WebSocketPages implements AsyncDisposable {
  readonly #sessions: Place<unknown>;
  readonly #http: Server;
  readonly #plain: WebSocketServer;

  private constructor(sessions: Place<unknown>, http: Server) {
    this.#sessions = sessions;
    this.#http = http;
    this.#plain = new WebSocketServer({ server: http, path: "/plain", handleProtocols });
    this.#plain.onconnection = ({ socket }) => answer(socket as unknown as Parameters<typeof answer>[0]);
  }

  static async start(): Promise<WebSocketPages> {
    const http = createServer((request, response) => void servePage(request, response));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const origins = [`http://127.0.0.1:${portOf(http)}`];
    const sessions = await serve({ handleProtocols, origins }, answer as Parameters<typeof serve>[1]);
    return new WebSocketPages(sessions, http);
  }

  /** An empty page; the cases are at `/cases.js` beside it. */
  get pageUrl(): string {
    return `http://127.0.0.1:${portOf(this.#http)}/`;
  }

  get clientUrl(): string {
    return `${this.#sessions.httpUrl}/ropeway/client.js`;
  }

  get sessionUrl(): string {
    return this.#sessions.url;
  }

  get plainUrl(): string {
    return `ws://127.0.0.1:${portOf(this.#http)}/plain`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
    await this.#plain.close({ graceMs: 0 });
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function servePage({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (url === "/cases.js") {
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    response.end(stripTypeScriptTypes(await readFile(CASES, "utf8")));
  } else {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end('<!doctype html><html lang="en"><title>cases</title></html>');
  }
}
