import { setImmediate as nextTurn } from "node:timers/promises";
import { type WebSocketConnection, WebSocketServer } from "../../../src/websocket/index.ts";
import { numberedMessage } from "../numbered-message.ts";
import { Program } from "./program.ts";

/** What a server sends to connections on `/slow` and `/fast` when it is told to `go`. */
export interface PublishingOptions {
  /**
   * - `topic`: publishes to all as fast as those on `/fast` take it.
   * - `crumbs`: a byte or two to the slow one, while much goes to the fast ones, turn after turn.
   * - `crumbs-in-one-turn`: the same within one turn of the event loop, behind a message that the slow one does not read.
   */
  readonly scenario: "topic" | "crumbs" | "crumbs-in-one-turn";
  readonly messages: number;
  readonly messageBytes: number;
  /** Publications in one turn of the event loop. Default: 1. */
  readonly perTurn?: number;
}

const crumb = Buffer.from("ab");
const arenaBytes = 64 * 1024;

const program = new Program();
const options = program.options as PublishingOptions;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
const slow: WebSocketConnection[] = [];
const fast: WebSocketConnection[] = [];
const scenarios = { topic: publishAll, crumbs: sendCrumbs, "crumbs-in-one-turn": sendCrumbsInOneTurn };

server.onconnection = ({ socket, request }) => {
  const isFast = request.url === "/fast";
  (isFast ? fast : slow).push(socket);
  socket.subscribe("news");
  socket.addEventListener("error", ({ error }) => {
    program.meter.sample();
    program.note(isFast ? "fast error" : "slow error", (error as { code?: string }).code);
  });
};
await server.listening;
program.meter.start();
program.ready((server.address() as { port: number }).port);
await program.command("go");
await scenarios[options.scenario]();
program.note("done", true);

async function fastWritable(): Promise<void> {
  await Promise.all(fast.map((socket) => socket.writable()));
}

/** Sends to the slow one until the network takes no more. */
async function fillSlow(): Promise<void> {
  while (slow[0]!.bufferedAmount < arenaBytes) {
    slow[0]!.send(Buffer.alloc(arenaBytes));
    await nextTurn();
  }
}

async function publishAll(): Promise<void> {
  const { messages, messageBytes, perTurn = 1 } = options;
  await fillSlow();
  while (program.progress < messages) {
    for (let count = 0; count < perTurn; count++) {
      server.publish("news", numberedMessage(program.progress++, messageBytes));
    }
    program.meter.sampleIfDue();
    await nextTurn();
    await fastWritable();
  }
}

async function sendCrumbs(): Promise<void> {
  const { messages, messageBytes } = options;
  await fillSlow();
  while (program.progress < messages) {
    slow[0]!.send(crumb);
    for (let bytes = 0; bytes < arenaBytes; bytes += messageBytes) sendToFast(fast[0]!);
    program.meter.sampleIfDue();
    await fastWritable();
  }
}

async function sendCrumbsInOneTurn(): Promise<void> {
  const { messages, messageBytes } = options;
  slow[0]!.send(Buffer.alloc(8 * 1024 * 1024));
  for (let sent = 0; sent < messages; sent++) {
    if ((sent * messageBytes) % arenaBytes === 0) slow[0]!.send(crumb);
    sendToFast(fast[sent % fast.length]!);
  }
  await fastWritable();
}

function sendToFast(socket: WebSocketConnection): void {
  program.progress++;
  socket.send(Buffer.alloc(options.messageBytes));
}
