import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { CuttingProxy, type CuttingProxyOptions } from "./cutting-proxy.ts";
import type { ProxiedConnection } from "./proxied-connection.ts";
import { TcpEnd } from "./tcp-end.ts";

/** A connection through a proxy, seen from everywhere. */
export interface ProxiedLine {
  readonly client: TcpEnd;
  readonly target: TcpEnd;
  readonly connection: ProxiedConnection;
}

/** A TCP server with a proxy before it. */
export interface ProxiedServer extends AsyncDisposable {
  readonly proxy: CuttingProxy;
  /** A client's socket that has connected to the proxy, wherever that leads. */
  readonly call: () => Promise<TcpEnd>;
  readonly openLine: () => Promise<ProxiedLine>;
}

export async function listen(play?: CuttingProxyOptions["play"]): Promise<ProxiedServer> {
  const server = createServer({ allowHalfOpen: true });
  const sockets: Socket[] = [];
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await CuttingProxy.listen({ targetPort: (server.address() as AddressInfo).port, play });
  const call = async (): Promise<TcpEnd> => {
    const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    sockets.push(socket);
    await once(socket, "connect");
    // By the next turn the proxy has seen it, too.
    await setImmediate();
    return new TcpEnd(socket);
  };
  const openLine = async (): Promise<ProxiedLine> => {
    const arrived = once(server, "connection") as Promise<[Socket]>;
    const [client, connection, [socket]] = await Promise.all([call(), proxy.accept(), arrived]);
    sockets.push(socket);
    return { client, target: new TcpEnd(socket), connection };
  };
  return {
    proxy,
    call,
    openLine,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await proxy[Symbol.asyncDispose]();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends a few bytes there and back: what was written on other connections before has been dealt with by then. */
export async function exchange({ client, target }: ProxiedLine): Promise<void> {
  const [up, down] = [target.receivedBytes, client.receivedBytes];
  client.socket.write("there");
  await target.firstBytes(up + 5);
  target.socket.write("back");
  await client.firstBytes(down + 4);
}
