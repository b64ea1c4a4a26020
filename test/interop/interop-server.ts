import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import type { Certificate } from "../raw-peer/certificate.ts";
import { Observed } from "../raw-peer/observed.ts";
import type { ClientReport, ClientTask, PeerClient } from "./client-task.ts";

/** A connection of our server, the bytes on its wire, and what the peer will report at its end. */
export interface Meeting {
  readonly ours: Observed;
  readonly wire: Socket;
  readonly report: Promise<ClientReport>;
}

/** Our server attached to one that has an empty page at each path, so that a browser's page is of the same origin. */
export class InteropServer implements AsyncDisposable {
  readonly #http: Server;
  readonly #engine: WebSocketServer;
  readonly #isSecure: boolean;
  readonly #reports: Promise<ClientReport>[] = [];

  private constructor(http: Server, options: WebSocketServerOptions, isSecure: boolean) {
    this.#http = http;
    this.#isSecure = isSecure;
    this.#engine = new WebSocketServer({ server: http, ...options });
  }

  static async start(
    options: WebSocketServerOptions = {},
    certificate?: Certificate,
  ): Promise<InteropServer> {
    const http =
      certificate === undefined ? createHttpServer(servePage) : createHttpsServer(certificate, servePage);
    const server = new InteropServer(http, options, certificate !== undefined);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** `ws://127.0.0.1:PORT/`, or `wss:` with a certificate. */
  get url(): string {
    return `${this.#isSecure ? "wss" : "ws"}://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** The page of the same origin. */
  get pageUrl(): string {
    return this.url.replace(/^ws/, "http");
  }

  /** Has the peer connect. Fails with the peer's report if that ends before there is a connection. */
  async meet(peer: PeerClient, task: ClientTask = {}): Promise<Meeting> {
    const connected = new Promise<Omit<Meeting, "report">>((resolve) => {
      this.#engine.onconnection = ({ socket, request }) => {
        resolve({ ours: new Observed(socket), wire: request.incoming!.socket });
      };
    });
    const report = peer.run(this.url, task);
    this.#reports.push(report);
    const failed = report.then((early): never => {
      throw new Error(`${peer.name} did not connect: ${JSON.stringify(early)}`);
    });
    // Once connected, the report is what the test waits for.
    failed.catch(() => {});
    return { ...(await Promise.race([connected, failed])), report };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close({ graceMs: 0 });
    // A peer is finished before the next one begins, whether or not the test wanted its report.
    await Promise.allSettled(this.#reports);
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }
}

function servePage(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Content-Type", "text/html").end("<!doctype html><title>interop</title>");
}
