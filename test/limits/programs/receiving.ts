import type { WebSocketConnection } from "../../../src/websocket/index.ts";
import { numberOf } from "../numbered-message.ts";
import { type EndOptions, openEnd } from "./one-connection.ts";
import { Program } from "./program.ts";

/** What holds the messages back until the program is told to `go`. */
export interface ReceivingOptions extends EndOptions {
  /**
   * - `listener`: its promise does not settle.
   * - `iterator`: its loop does not come back for the next message.
   * - `pause`: `pause()` was called.
   * - `connection handler`: its promise does not settle.
   * - `echo`: nothing; each message is sent back.
   * - `echo binary`: the same, without the texts.
   */
  readonly holdsBy: "listener" | "iterator" | "pause" | "connection handler" | "echo" | "echo binary";
}

const program = new Program();
const options = program.options as ReceivingOptions;
const holders: Record<ReceivingOptions["holdsBy"], (socket: WebSocketConnection) => unknown> = {
  listener: holdByListener,
  iterator: (socket) => void holdByIterator(socket),
  pause: holdByPause,
  "connection handler": holdByConnectionHandler,
  echo,
  "echo binary": echoBinary,
};

void openEnd(program, options, (socket) => {
  socket.binaryType = "nodebuffer";
  return holders[options.holdsBy](socket);
});

/** Counts the message, which must be the next one if it is long enough to tell. */
function take(data: unknown): void {
  const message = typeof data === "string" ? Buffer.from(data, "latin1") : (data as Buffer);
  const number = message.length < 8 ? program.progress : numberOf(message);
  if (number !== program.progress)
    program.note("fault", `message ${number} in the place of ${program.progress}`);
  program.progress++;
}

function holdByListener(socket: WebSocketConnection): void {
  const go = program.command("go");
  socket.onmessage = ({ data }) => {
    take(data);
    return go;
  };
}

async function holdByIterator(socket: WebSocketConnection): Promise<void> {
  const go = program.command("go");
  for await (const data of socket) {
    take(data);
    await go;
  }
}

function holdByPause(socket: WebSocketConnection): void {
  socket.onmessage = ({ data }) => take(data);
  socket.pause();
  void program.command("go").then(() => socket.resume());
}

function holdByConnectionHandler(socket: WebSocketConnection): Promise<void> {
  socket.onmessage = ({ data }) => take(data);
  return program.command("go");
}

function echo(socket: WebSocketConnection): void {
  socket.onmessage = ({ data }) => {
    program.progress++;
    socket.send(data);
  };
}

function echoBinary(socket: WebSocketConnection): void {
  socket.onmessage = ({ data }) => {
    program.progress++;
    if (typeof data !== "string") socket.send(data);
  };
}
