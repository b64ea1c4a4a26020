import type { WebSocketConnection } from "../../../src/websocket/index.ts";
import { numberedMessage } from "../numbered-message.ts";
import { type EndOptions, openEnd } from "./one-connection.ts";
import { Program } from "./program.ts";

/** How the program sends, and how much. */
export interface SendingOptions extends EndOptions {
  /** `heedless` never looks whether the peer takes anything. */
  readonly sender: "heedless" | "writable" | "drain";
  readonly messages: number;
  readonly messageBytes: number;
  readonly as?: "text" | "binary" | "ping";
  /** Messages that a heedless sender sends in one turn of the event loop. Default: 1. */
  readonly perTurn?: number;
}

/** What a sender by `drain` lets wait. */
const highWaterBytes = 1024 * 1024;

const program = new Program();
const options = program.options as SendingOptions;
const { messages, messageBytes } = options;
/** Messages too short for a number are all the same. */
const tiny = numberedMessage(0, messageBytes);

void openEnd(program, options, (socket) => {
  if (options.sender === "heedless") sendHeedlessly(socket);
  else if (options.sender === "writable") void sendWhenWritable(socket);
  else sendOnDrain(socket);
});

function sendNext(socket: WebSocketConnection): void {
  const message = messageBytes < 8 ? tiny : numberedMessage(program.progress, messageBytes);
  if (options.as === "ping") socket.ping(message);
  else socket.send(options.as === "text" ? message.toString("latin1") : message);
  program.progress++;
  if (messageBytes > 1000 || program.progress % 1000 === 0) program.meter.sampleIfDue();
}

function isUnfinished(socket: WebSocketConnection): boolean {
  return program.progress < messages && socket.readyState === 1;
}

function sendHeedlessly(socket: WebSocketConnection): void {
  const { perTurn = 1 } = options;
  for (let count = 0; count < perTurn && isUnfinished(socket); count++) sendNext(socket);
  if (isUnfinished(socket)) setImmediate(sendHeedlessly, socket);
  else program.note("sent", program.progress);
}

async function sendWhenWritable(socket: WebSocketConnection): Promise<void> {
  while (isUnfinished(socket)) {
    program.isWaiting = true;
    await socket.writable();
    program.isWaiting = false;
    sendNext(socket);
  }
  program.note("sent", program.progress);
}

function sendOnDrain(socket: WebSocketConnection): void {
  const fill = (): void => {
    while (isUnfinished(socket) && socket.bufferedAmount < highWaterBytes) sendNext(socket);
    program.isWaiting = isUnfinished(socket);
    if (!program.isWaiting) program.note("sent", program.progress);
  };
  socket.ondrain = fill;
  fill();
}
