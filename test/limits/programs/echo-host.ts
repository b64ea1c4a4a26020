import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { WebSocketServer as WsServer } from "ws";
import { WebSocketServer } from "../../../src/websocket/index.ts";
import { Program } from "./program.ts";
import { subprotocol } from "../subprotocol.ts";

/** Who answers: our server, by itself or on an HTTP server, or that of `ws`. */
export type EchoHost = "ropeway" | "ropeway on http" | "ws";

const program = new Program();
const host = "127.0.0.1";
const handleProtocols = [subprotocol];
const hosts: Record<EchoHost, () => Promise<number>> = {
  ropeway: listenAlone,
  "ropeway on http": listenOnHttp,
  ws: listenByWs,
};

program.ready(await hosts[program.options as EchoHost]());

function echoOf(server: WebSocketServer): WebSocketServer {
  server.onconnection = ({ socket }) => {
    socket.onmessage = ({ data }) => socket.send(data);
  };
  return server;
}

async function listenAlone(): Promise<number> {
  const server = echoOf(new WebSocketServer({ port: 0, host, handleProtocols }));
  await server.listening;
  return (server.address() as AddressInfo).port;
}

async function listenOnHttp(): Promise<number> {
  const http = createServer();
  echoOf(new WebSocketServer({ server: http, handleProtocols }));
  http.listen(0, host);
  return await portOf(http);
}

function listenByWs(): Promise<number> {
  const server = new WsServer({ port: 0, host });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return portOf(server as unknown as Server);
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.once("listening", () => resolve((server.address() as AddressInfo).port));
  });
}
