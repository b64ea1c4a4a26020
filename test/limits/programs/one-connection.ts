import {
  WebSocket,
  type WebSocketConnection,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../../src/websocket/index.ts";
import type { Program } from "./program.ts";

/** Which end of the connection the program is, and the options that both have under one name. */
export interface EndOptions {
  readonly role: "server" | "client";
  /** Where a client connects to. */
  readonly url?: string;
  readonly engine?: Pick<WebSocketServerOptions, "perMessageDeflate"> & {
    /** The server's certificate. */
    readonly tls?: { readonly key: string; readonly cert: string };
  };
}

/**
 * Makes the program one end of a connection and gives it to `use`; on a server, as what its connection handler does. The
 * first error and the end of the connection are noted.
 */
export async function openEnd(
  program: Program,
  { role, url, engine }: EndOptions,
  use: (socket: WebSocketConnection) => unknown,
): Promise<void> {
  program.meter.start();
  if (role === "server") {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...engine });
    server.onconnection = ({ socket }) => {
      noteEnd(program, socket);
      return use(socket);
    };
    await server.listening;
    program.ready((server.address() as { port: number }).port);
  } else {
    program.ready();
    const socket = new WebSocket(url!, [], engine);
    noteEnd(program, socket);
    socket.addEventListener("open", () => use(socket));
  }
}

function noteEnd(program: Program, socket: WebSocketConnection): void {
  socket.addEventListener("error", ({ error }) => {
    // What waited when a limit was passed is still there: nothing is worse than this moment.
    program.meter.sample();
    program.note("error", (error as { code?: string }).code);
  });
  socket.addEventListener("close", ({ code }) => program.note("close", code));
}
