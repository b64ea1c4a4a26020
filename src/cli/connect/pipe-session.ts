import type { Writable } from "node:stream";
import { commandLimits } from "../limits.ts";
import { signalExitCodes, type StopSignals } from "../stop-signals.ts";
import { type CloseFacts, closeExitCode, describeClose } from "./close-outcome.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { DialledConnection } from "./dial.ts";
import { inputLines } from "./input-lines.ts";
import { formatMessage, parseMessage } from "./pipe-format.ts";
import { Silence } from "./silence.ts";
import { visibleText } from "./visible-text.ts";

/** Past this, input is not read before the server has taken what was sent. */
const sendBacklogBytesMax = commandLimits.sendBacklogBytesMax.default;

/** How long the server may take to close, and the output to be read, before we say what we wait for. */
const patienceMs = 2000;
const waitingNotice =
  "Waiting for the server to close and the output to be read; a second signal ends at once";

/** What a session in a pipe takes from the process. */
export interface PipeSurroundings {
  readonly input: AsyncIterable<Uint8Array> & { destroy(): void };
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
  readonly signals: StopSignals;
}

/**
 * `ropeway connect` in a pipe: a message for each line in, a line for each message out, and nothing else on the output.
 * Neither end is read faster than the other one takes it. When the input has ended, the session waits for replies until
 * nothing has come for `waitMs`, closes with 1000 and resolves with the exit code.
 */
export async function runPipe(options: ConnectOptions, surroundings: PipeSurroundings): Promise<number> {
  const session = new PipeSession(options, surroundings);
  try {
    return await session.run();
  } finally {
    // The input may be a terminal or a pipe that nobody closes.
    surroundings.input.destroy();
  }
}

class PipeSession {
  readonly #options: ConnectOptions;
  readonly #surroundings: PipeSurroundings;
  readonly #connection: DialledConnection;
  readonly #silence: Silence;
  #isOutputFull = false;
  #isOutputBroken = false;
  #unsentBytes = 0;

  constructor(options: ConnectOptions, surroundings: PipeSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#silence = new Silence(options.waitMs, () => this.#isBusy());
    this.#connection = new DialledConnection(options, {
      message: (data) => this.#write(data),
      problem: surroundings.note,
    });
    // Whoever read the output has seen enough, as `head` does.
    surroundings.output.on("error", () => {
      this.#isOutputBroken = true;
      // A paused connection would hold its end back, too, behind messages that nobody will read.
      this.#connection.socket.resume();
      this.#connection.close();
    });
    surroundings.output.on("drain", () => {
      this.#isOutputFull = false;
      this.#connection.socket.resume();
      this.#silence.break();
    });
  }

  async run(): Promise<number> {
    const { signals, note } = this.#surroundings;
    const signalled = signals.first.then((signal) => signalExitCodes[signal]);
    const opened = await Promise.race([this.#connection.opened.then(() => null), signalled]);
    if (opened !== null) return opened;

    // What cannot be sent ends the talk, but not what was said before.
    const talk = this.#talk().catch((error: unknown) => error as Error);
    const stopped = await Promise.race([talk, this.#connection.closed.then(() => null), signalled]);
    this.#silence.stop();
    this.#connection.close();
    const patience = setTimeout(() => note(waitingNotice), patienceMs);
    const outcome = await Promise.race([this.#end(), signals.second]);
    clearTimeout(patience);
    if (typeof outcome === "string") return signalExitCodes[outcome];
    if (stopped instanceof Error) throw stopped;
    if (stopped !== null) return stopped;
    if (this.#isOutputBroken) return 0;
    const exitCode = closeExitCode(outcome);
    if (!outcome.isOurs || exitCode !== 0) note(describeClose(outcome));
    return exitCode;
  }

  async #end(): Promise<CloseFacts> {
    const facts = await this.#connection.closed;
    await this.#flushOutput();
    return facts;
  }

  /** Sends the input and waits for replies. Rejects for input that cannot be sent, when what came before it has been. */
  async #talk(): Promise<null> {
    const { socket } = this.#connection;
    let lineNumber = 0;
    for await (const line of inputLines(this.#surroundings.input, commandLimits.inputLineBytesMax.default)) {
      lineNumber += 1;
      const message = parseMessage(line, this.#options.format, lineNumber);
      if (socket.bufferedAmount > sendBacklogBytesMax) await socket.writable();
      if (socket.readyState !== socket.OPEN) return null;
      socket.send(message);
    }
    await this.#silence.begin();
    return null;
  }

  #write(data: string | Uint8Array): void {
    this.#silence.break();
    if (this.#isOutputBroken) return;
    const { output } = this.#surroundings;
    const line = formatMessage(data, this.#options.format);
    const hasRoom = output.write(`${output.isTTY ? visibleText(line) : line}\n`);
    if (hasRoom || this.#isOutputFull) return;
    this.#isOutputFull = true;
    this.#connection.socket.pause();
  }

  /** Whether the silence is not the server's: replies wait for the output, or input is still on its way out. */
  #isBusy(): boolean {
    const { bufferedAmount } = this.#connection.socket;
    const moves = bufferedAmount > 0 && bufferedAmount !== this.#unsentBytes;
    this.#unsentBytes = bufferedAmount;
    return this.#isOutputFull || moves;
  }

  async #flushOutput(): Promise<void> {
    if (this.#isOutputBroken) return;
    await new Promise<void>((resolve) => {
      this.#surroundings.output.once("error", () => resolve());
      this.#surroundings.output.write("", () => resolve());
    });
  }
}
