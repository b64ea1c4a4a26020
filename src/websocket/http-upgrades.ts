import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { readTarget } from "../protocol/index.ts";
import { refuse } from "./refuse.ts";

export interface UpgradeClaim {
  /** The path it takes, or undefined for every path that no other takes. */
  readonly path: string | undefined;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const registries = new WeakMap<HttpServer | HttpsServer, HttpUpgrades>();

/**
 * The upgrades of one HTTP server, shared by the engines attached to it. As soon as anything listens for `upgrade`, Node
 * leaves every upgrade to the listeners, whatever its protocol; so what no engine claims is answered here, unless
 * another listener may want it.
 */
export class HttpUpgrades {
  readonly #server: HttpServer | HttpsServer;
  readonly #claims: UpgradeClaim[] = [];

  private constructor(server: HttpServer | HttpsServer) {
    this.#server = server;
  }

  /** The one registry of an HTTP server. */
  static of(server: HttpServer | HttpsServer): HttpUpgrades {
    const known = registries.get(server);
    if (known !== undefined) return known;
    const created = new HttpUpgrades(server);
    registries.set(server, created);
    return created;
  }

  /** Throws TypeError if the path is taken. */
  add(claim: UpgradeClaim): void {
    if (this.#claims.some(({ path }) => path === claim.path)) {
      const what = claim.path === undefined ? "every path" : `the path ${claim.path}`;
      throw new TypeError(
        `Another WebSocketServer on this HTTP server has ${what}; give each a path of its own`,
      );
    }
    this.#claims.push(claim);
    if (this.#claims.length === 1) this.#server.on("upgrade", this.#handleUpgrade);
  }

  remove(claim: UpgradeClaim): void {
    this.#claims.splice(this.#claims.indexOf(claim), 1);
    if (this.#claims.length === 0) this.#server.off("upgrade", this.#handleUpgrade);
  }

  readonly #handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isWebSocket = namesWebSocket(request.headers.upgrade);
    const claim = isWebSocket ? this.#find(request.url ?? "/") : undefined;
    if (claim !== undefined) claim.upgrade(request, socket, head);
    else if (this.#server.listenerCount("upgrade") > 1) return;
    else if (isWebSocket) this.#refuseUnclaimed(request, socket);
    else this.#serveAsRequest(request, socket as Socket);
  };

  #find(target: string): UpgradeClaim | undefined {
    const path = readTarget(target)?.path;
    const claim = this.#claims.find((one) => one.path === path);
    return claim ?? this.#claims.find((one) => one.path === undefined);
  }

  #refuseUnclaimed(request: IncomingMessage, socket: Duplex): void {
    socket.on("error", ignoreError);
    refuse(socket, { status: 404, message: `There is no WebSocket at ${request.url ?? "/"}.` });
  }

  /**
   * A server may ignore an upgrade that it does not know (RFC 9110 §7.8), such as the h2c that curl offers. Node has
   * stopped parsing here, so a request with a body cannot be served any more.
   */
  #serveAsRequest(request: IncomingMessage, socket: Socket): void {
    socket.on("error", ignoreError);
    const { "content-length": length = "0", "transfer-encoding": coding } = request.headers;
    if (length !== "0" || coding !== undefined) {
      const message = `This server does not upgrade to ${request.headers.upgrade}; send the request without Upgrade.`;
      refuse(socket, { status: 501, message });
      return;
    }
    // An import of node:http loads what `fetch` needs, too, and a server by itself has no use for it.
    const { ServerResponse } = process.getBuiltinModule("node:http");
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    this.#server.emit("request", request, response);
  }
}

function namesWebSocket(upgrade: string | undefined): boolean {
  return (
    upgrade !== undefined && upgrade.split(",").some((name) => name.trim().toLowerCase() === "websocket")
  );
}

function ignoreError(): void {}
