import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import { Observed } from "./observed.ts";
import { requestRaw } from "./raw-client.ts";
import type { HttpHead } from "./http-head.ts";
import type { RawPeer } from "./raw-peer.ts";
import { RawServer } from "./raw-server.ts";

export type Role = "client" | "server";

/** The roles of the engine under test, for cases that concern both. */
export const roles: readonly Role[] = ["client", "server"];

/** What both ends take under one name, for cases that run in either role. */
export type PairOptions = Pick<
  WebSocketServerOptions,
  "maxPayload" | "maxFragments" | "bufferedBytesMax" | "closeTimeout" | "perMessageDeflate"
>;

/** The engine in one role on an open connection, and a raw peer in the other. */
export interface Pair extends AsyncDisposable {
  role: Role;
  engine: Observed;
  peer: RawPeer;
  /** What the engine sent as its part of the handshake. */
  handshake: HttpHead;
}

export interface PairSetup {
  options?: PairOptions;
  /** What the raw peer offers (as client) or answers (as server) in Sec-WebSocket-Extensions. */
  extensions?: string;
}

export function openPair(role: Role, setup: PairSetup = {}): Promise<Pair> {
  return role === "server" ? openServerPair(setup) : openClientPair(setup);
}

async function openServerPair({ options, extensions }: PairSetup): Promise<Pair> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  const connected = new Promise<Observed>((resolve) => {
    server.onconnection = ({ socket }) => resolve(new Observed(socket));
  });
  await server.listening;
  const fields = { "Sec-WebSocket-Extensions": extensions };
  const { peer, response } = await requestRaw((server.address() as AddressInfo).port, { fields });
  const engine = await connected;
  return {
    role: "server",
    engine,
    peer,
    handshake: response,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.close({ graceMs: 0 });
    },
  };
}

async function openClientPair({ options, extensions }: PairSetup): Promise<Pair> {
  const listener = await RawServer.listen();
  const engine = new Observed(new WebSocket(listener.url(), [], options));
  const { peer, request } = await listener.acceptWebSocket({ "Sec-WebSocket-Extensions": extensions });
  await engine.opened;
  return {
    role: "client",
    engine,
    peer,
    handshake: request,
    async [Symbol.asyncDispose]() {
      engine.connection.terminate();
      await listener[Symbol.asyncDispose]();
    },
  };
}
