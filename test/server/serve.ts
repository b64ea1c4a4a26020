import {
  type ConnectionEvent,
  createServer,
  type Server,
  type ServerOptions,
  type ServerSocket,
} from "../../src/server/index.ts";
import { readable } from "../websocket/hear.ts";

/** A server of ours on a free port, what connected to it, and what it wrote to its log. */
export interface Place<User> extends AsyncDisposable {
  readonly app: Server<User>;
  /** Where links go. */
  readonly url: string;
  readonly httpUrl: string;
  readonly log: string[];
  readonly connections: ConnectionEvent<User>[];
  /** What the sockets told, one line each: "message …", "error CODE", "gap …", "close CODE". */
  readonly journal: string[];
}

/** Echoes messages, unless `handle` takes the connections instead. */
export async function serve<User = unknown>(
  options: ServerOptions<User> = {},
  handle: (socket: ServerSocket, event: ConnectionEvent<User>) => unknown = echo,
): Promise<Place<User>> {
  const log: string[] = [];
  const write = (line: string) => void log.push(line);
  const app = createServer({ log: { info: write, warn: write, error: write }, ...options });
  const connections: ConnectionEvent<User>[] = [];
  const journal: string[] = [];
  app.onconnection = (event) => {
    connections.push(event);
    keepJournal(event, journal);
    return handle(event.socket, event);
  };
  const { url: httpUrl } = await app.listen(0, "127.0.0.1");
  const url = `${httpUrl.replace("http", "ws")}/ropeway`;
  return {
    app,
    url,
    httpUrl,
    log,
    connections,
    journal,
    [Symbol.asyncDispose]: () => app.close({ graceMs: 0 }),
  };
}

function echo(socket: ServerSocket): void {
  socket.onmessage = ({ data }) => socket.send(data);
}

function keepJournal<User>({ socket, session }: ConnectionEvent<User>, journal: string[]): void {
  socket.addEventListener("message", ({ data }) => void journal.push(`message ${readable(data)}`));
  socket.addEventListener(
    "error",
    ({ error }) => void journal.push(`error ${(error as { code?: string }).code}`),
  );
  session?.addEventListener("gap", ({ sent, received }) => {
    journal.push(`gap sent ${JSON.stringify(sent)} received ${JSON.stringify(received)}`);
  });
  socket.addEventListener("close", ({ code, wasClean }) => {
    journal.push(`close ${code}${wasClean ? "" : " not clean"}`);
  });
}
