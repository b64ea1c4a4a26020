import { setImmediate as nextTurn } from "node:timers/promises";
import { connect, type ConnectOptions } from "../../../src/client/index.ts";
import {
  BufferFullError,
  createServer,
  type SessionConnection,
  type SessionSettingsOptions,
} from "../../../src/server/index.ts";
import { numberedMessage } from "../numbered-message.ts";
import { Program } from "./program.ts";

/** One end of sessions, and what it does on each. */
export interface SessionEndOptions {
  readonly role: "server" | "client";
  /** How many sessions there are: a client opens them, a server awaits them. */
  readonly sessions: number;
  /** Where a client connects to. */
  readonly url?: string;
  readonly settings?: SessionSettingsOptions;
  readonly client?: ConnectOptions;
  /**
   * - `heedless`: tries to send so many messages, whatever `send` says, when it gets the command "send".
   * - `writable`: sends as many by `writable()`.
   * - `hold`: its handler never settles.
   */
  readonly does: "heedless" | "writable" | "hold";
  readonly messages?: number;
  readonly messageBytes?: number;
  readonly as?: "text" | "binary";
}

/** What became of a session's messages. */
export interface SendingOutcome {
  readonly accepted: number;
  readonly refused: number;
  readonly bufferedAmount: number;
  /** What the first refusal said. */
  readonly refusal: string | undefined;
}

const program = new Program();
const options = program.options as SessionEndOptions;
const { messages = 0, messageBytes = 0 } = options;
const go = program.command("send");
const outcomes: SendingOutcome[] = [];
let expired = 0;
let opened = 0;
/** The clients that have noticed that they have no network. */
const suspended = new Set<number>();
/** A handler that holds is named in the log after a while. */
const silent = { info() {}, warn() {}, error: (text: string) => program.note("log", text) };

function use(session: SessionConnection): void {
  session.addEventListener("error", ({ error }) => program.note("error", (error as { code?: string }).code));
  session.addEventListener("close", ({ code, reason }) => program.note("close", { code, reason }));
  session.addEventListener("gap", ({ sent, received }) => program.note("gap", { sent, received }));
  session.addEventListener("expired", ({ reason }) => program.note("expired", { count: ++expired, reason }));
  if (options.does === "hold") session.onmessage = hold;
  else
    void go.then(() => (options.does === "heedless" ? sendHeedlessly(session) : sendWhenWritable(session)));
  if (++opened === options.sessions) program.note("opened", opened);
}

function hold(): Promise<void> {
  program.progress++;
  return new Promise(() => {});
}

/** Its number makes it another one each time; one that was refused is tried again. */
function messageOf(number: number): string | Buffer<ArrayBuffer> {
  const message = numberedMessage(number, messageBytes) as Buffer<ArrayBuffer>;
  return options.as === "text" ? message.toString("latin1") : message;
}

async function sendHeedlessly(session: SessionConnection): Promise<void> {
  let accepted = 0;
  let refused = 0;
  let refusal: string | undefined;
  let message = messageOf(0);
  while (accepted + refused < messages) {
    try {
      session.send(message);
      message = messageOf(++accepted);
      program.progress++;
    } catch (error) {
      if (!(error instanceof BufferFullError)) throw error;
      refused++;
      refusal ??= error.message;
    }
    if ((accepted + refused) % 100 === 0) await nextTurn();
    program.meter.sampleIfDue();
  }
  finish({ accepted, refused, bufferedAmount: session.bufferedAmount, refusal });
}

async function sendWhenWritable(session: SessionConnection): Promise<void> {
  let accepted = 0;
  for (; accepted < messages; accepted++) {
    program.isWaiting = true;
    await session.writable();
    program.isWaiting = false;
    session.send(messageOf(accepted));
    program.progress++;
    if (accepted % 100 === 0) await nextTurn();
  }
  finish({ accepted, refused: 0, bufferedAmount: session.bufferedAmount, refusal: undefined });
}

function finish(outcome: SendingOutcome): void {
  program.meter.sample();
  outcomes.push(outcome);
  if (outcomes.length === options.sessions) program.note("sent", outcomes);
}

if (options.role === "server") {
  const app = createServer({ sessions: options.settings, log: silent });
  app.onconnection = ({ session }) => use(session!);
  const { port } = await app.listen(0, "127.0.0.1");
  program.meter.start();
  program.ready(port);
} else {
  program.meter.start();
  program.ready();
  for (let count = 0; count < options.sessions; count++) {
    const connection = connect(options.url, options.client);
    connection.onstatechange = ({ state }) => {
      if (state === "suspended") program.note("suspended", suspended.add(count).size);
    };
    connection.addEventListener("open", () => use(connection), { once: true });
  }
}
