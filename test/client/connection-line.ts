import { type Connection, connect, type ConnectOptions } from "../../src/client/index.ts";
import type { SessionConnection } from "../../src/interface/index.ts";
import type { ServerOptions } from "../../src/server/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { type Place, serve } from "../server/serve.ts";

/** A client's connection to a server of ours, through a proxy that cuts. */
export interface ConnectionLine extends AsyncDisposable {
  readonly connection: Connection;
  readonly proxy: CuttingProxy;
  readonly place: Place<unknown>;
  /** The states of the line, in order. */
  readonly states: string[];
}

export interface LineOptions {
  readonly client?: ConnectOptions;
  readonly server?: ServerOptions;
  /** What the server does with a connection; it echoes if absent. */
  readonly handle?: (socket: SessionConnection) => unknown;
}

const quick = { retryDelayMsMin: 1, retryDelayMsMax: 20 };

/** Does not wait until it is open. */
export async function openConnectionLine({
  client,
  server,
  handle,
}: LineOptions = {}): Promise<ConnectionLine> {
  const place = await serve(server, handle as Parameters<typeof serve>[1]);
  const proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
  const connection = connect(`http://127.0.0.1:${proxy.port}`, { ...quick, ...client });
  const states: string[] = [];
  connection.onstatechange = ({ state }) => states.push(state);
  return {
    connection,
    proxy,
    place,
    states,
    async [Symbol.asyncDispose]() {
      connection.terminate();
      await proxy[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** The next event of that name. */
export function next<E>(
  target: { addEventListener(type: never, listener: (event: E) => void, options: { once: true }): void },
  type: string,
): Promise<E> {
  return new Promise((resolve) => target.addEventListener(type as never, resolve, { once: true }));
}
