import { createInterface, type Interface } from "node:readline";
import { signalExitCodes, type StopSignals } from "../stop-signals.ts";
import { closeExitCode, describeClose } from "./close-outcome.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { DialledConnection, shownUrl } from "./dial.ts";
import { incomingLines } from "./incoming.ts";
import { interactiveHelp, parseInteractiveLine } from "./interactive-line.ts";
import { historyLinesMax, type LineHistory } from "./line-history.ts";
import { PromptScreen } from "./prompt-screen.ts";
import type { Style } from "./style.ts";
import { visibleLine } from "./visible-text.ts";

/** What an interactive session takes from the process. */
export interface InteractiveSurroundings {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly style: Style;
  readonly history: LineHistory;
  readonly signals: StopSignals;
}

/**
 * `ropeway connect` at a terminal: a prompt, messages above it, commands that begin with `/`. Resolves with the exit
 * code when the connection has ended.
 */
export async function runInteractive(
  options: ConnectOptions,
  surroundings: InteractiveSurroundings,
): Promise<number> {
  const session = new InteractiveSession(options, surroundings);
  try {
    return await session.run();
  } finally {
    session.end();
  }
}

/** How long a server may take to close before we say what we wait for. */
const patienceMs = 500;
const waitingNotice = "Waiting for the server to close; Ctrl-C leaves at once.";

class InteractiveSession {
  readonly #options: ConnectOptions;
  readonly #surroundings: InteractiveSurroundings;
  readonly #connection: DialledConnection;
  #readline: Interface | null = null;
  #screen: PromptScreen | null = null;
  #patience: NodeJS.Timeout | undefined;
  /** Pings that were asked for at the prompt and have no pong yet, the oldest first. */
  #pings: { readonly data: string; readonly sentAt: number }[] = [];

  constructor(options: ConnectOptions, surroundings: InteractiveSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    const { style } = surroundings;
    this.#connection = new DialledConnection(options, {
      open: () => this.#begin(),
      message: (data) => this.#print(incomingLines(data).map(style.received)),
      pong: (data) => this.#showPong(data),
      problem: (message) => this.#print([style.problem(visibleLine(message))]),
    });
  }

  async run(): Promise<number> {
    const { signals, style } = this.#surroundings;
    const signalled = signals.first.then((signal) => signalExitCodes[signal]);
    const interrupted = await Promise.race([this.#connection.opened.then(() => null), signalled]);
    if (interrupted !== null) return interrupted;
    const outcome = await Promise.race([this.#connection.closed, signalled]);
    clearTimeout(this.#patience);
    if (typeof outcome === "number") return outcome;
    const exitCode = closeExitCode(outcome);
    const line = describeClose(outcome);
    this.#screen?.printLast([exitCode === 0 ? style.notice(line) : style.problem(line)]);
    return exitCode;
  }

  /** Gives the terminal back and keeps the history. */
  end(): void {
    clearTimeout(this.#patience);
    this.#readline?.removeAllListeners("close").close();
    this.#surroundings.history.save();
  }

  /** Readline comes into being with the connection: until then Ctrl-C is the terminal's own. */
  #begin(): void {
    const { input, output, history, style } = this.#surroundings;
    const readline = createInterface({
      input,
      output,
      prompt: "> ",
      terminal: true,
      history: history.read().toReversed(),
      historySize: historyLinesMax,
      removeHistoryDuplicates: true,
    });
    this.#readline = readline;
    this.#screen = new PromptScreen(readline, output);
    readline.on("line", (line) => this.#handleLine(line));
    readline.on("SIGINT", () => readline.close());
    readline.on("close", () => {
      this.#readline = null;
      this.#connection.close();
      this.#patience = setTimeout(() => this.#print([style.notice(waitingNotice)]), patienceMs);
    });
    this.#print([style.notice(this.#describeConnection())]);
  }

  #describeConnection(): string {
    const { protocol, extensions } = this.#connection.socket;
    const agreed = [
      ...(protocol === "" ? [] : [`subprotocol ${protocol}`]),
      ...(extensions === "" ? [] : [extensions]),
    ];
    const details = agreed.length === 0 ? "" : ` (${visibleLine(agreed.join(", "))})`;
    return `Connected to ${shownUrl(this.#options.url)}${details}. /help lists the commands.`;
  }

  #print(lines: readonly string[]): void {
    if (this.#readline !== null) this.#screen?.print(lines);
    else this.#screen?.printLast(lines);
  }

  #handleLine(line: string): void {
    const { history, style } = this.#surroundings;
    const { socket } = this.#connection;
    history.add(line);
    const asked = parseInteractiveLine(line, this.#options.format === "binary");
    switch (asked.kind) {
      case "text":
        socket.send(asked.text);
        break;
      case "binary":
        socket.send(asked.bytes);
        break;
      case "ping":
        this.#pings.push({ data: asked.data, sentAt: performance.now() });
        socket.ping(asked.data);
        break;
      case "close":
        this.#connection.close(asked.code, asked.reason);
        break;
      case "help":
        this.#print(interactiveHelp.map(style.notice));
        break;
      case "problem":
        this.#print([style.problem(asked.message)]);
        break;
      case "nothing":
        break;
    }
    this.#readline?.prompt();
  }

  /** Shows the pong to a ping that was asked for here; a pong answers all pings before it as well (RFC 6455 §5.5.3). */
  #showPong(payload: Uint8Array): void {
    const data = Buffer.from(payload).toString();
    const index = this.#pings.findIndex((ping) => ping.data === data);
    const ping = this.#pings[index];
    if (ping === undefined) return;
    this.#pings = this.#pings.slice(index + 1);
    const milliseconds = Math.round((performance.now() - ping.sentAt) * 10) / 10;
    const shown = data === "" ? "" : ` "${visibleLine(data)}"`;
    this.#print([this.#surroundings.style.notice(`Pong${shown} after ${milliseconds} ms`)]);
  }
}
