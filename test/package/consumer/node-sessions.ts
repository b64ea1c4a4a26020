// Compiled against the packed package as a Node program is: a server with sessions, and its client, without the DOM.
import { createServer as createHttpServer } from "node:http";
import { connect, type GapEvent, type MessageData, WebSocket as DropIn } from "ropeway/client";
import {
  type Authenticate,
  type ConnectionEvent,
  createServer,
  type Server,
  type ServerOptions,
  type ServerSocket,
  type SessionConnection,
} from "ropeway/server";
import { WebSocket } from "ropeway/websocket";

interface User {
  readonly id: string;
}

const authenticate: Authenticate<User> = ({ token }) => (token === "secret" ? { id: "ada" } : null);
const options: ServerOptions<User> = {
  authenticate,
  origins: ["https://app.example"],
  sessions: { messageBytesMax: 64 * 1024, suspendedMsMax: 60_000 },
  handleProtocols: (protocols) => (protocols.has("chat") ? "chat" : false),
};
// @ts-expect-error A limit is a number.
export const refused: ServerOptions<User> = { sessions: { messageBytesMax: "64 KiB" } };
// @ts-expect-error What it returns is the user, or null.
export const strangers: Authenticate<User> = () => ({ name: "ada" });

export const app: Server<User> = createServer(options);
app.onconnection = ({ socket, session, user, isSession, request }: ConnectionEvent<User>) => {
  const id: string = user.id;
  const both: ServerSocket = socket;
  socket.onmessage = ({ data }) => both.send(data);
  socket.onclose = ({ code, wasClean }) => console.log(id, code + 1, wasClean, isSession, request.url);
  if (session !== null) follow(session);
  // @ts-expect-error A plain WebSocket has no streams.
  console.log(socket.stream);
};
// @ts-expect-error A plain WebSocket has no session.
app.onconnection = ({ session }) => session.stream("news");
app.attach(createHttpServer());

function follow(session: SessionConnection): void {
  session.ongap = ({ sent, received }: GapEvent) => console.log(sent.length + received.length);
  session.stream("news", { kind: "lossy", priority: "bulk" }).send(new Uint8Array(3));
  session.onstream = ({ stream }) => {
    stream.onmessage = ({ data }: { data: MessageData }) => console.log(stream.name, data);
  };
}

export const connection = connect("http://localhost:8080", { token: () => "secret", WebSocket });
connection.binaryType = "nodebuffer";
connection.send(Buffer.from("bytes"));
connection.onstatechange = ({ state, reason: { code, text } }) => console.log(state, code, text);
// @ts-expect-error What makes the links is a class.
connect("http://localhost:8080", { WebSocket: new WebSocket("ws://localhost:8080") });

export const socket = new DropIn("ws://localhost:8080/ropeway", "chat");
socket.binaryType = "arraybuffer";
// @ts-expect-error The standard has two kinds.
socket.binaryType = "nodebuffer";
