import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { cliArguments } from "./cli-process.ts";

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

/**
 * The command `ropeway` in a terminal of tmux, as a person sees and types it. After the command has ended, the screen
 * says `exit N`.
 */
export class Terminal implements Disposable {
  readonly #tmux: string;
  /** A server of our own, so that no session of the person who runs the tests is touched. */
  readonly #server = `ropeway-${randomUUID()}`;

  constructor(
    tmux: string,
    args: readonly string[],
    { env = {}, columns = 80, rows = 24 }: TerminalOptions = {},
  ) {
    this.#tmux = tmux;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const command = ["env", ...variables, process.execPath, ...cliArguments(args)].map(quote).join(" ");
    const size = ["-x", String(columns), "-y", String(rows)];
    this.#run("-f", "/dev/null", "new-session", "-d", ...size, `${command}; echo "exit $?"; exec cat`);
  }

  /** Types text as it stands. */
  type(text: string): void {
    this.#run("send-keys", "-l", text);
  }

  /** Presses keys by tmux's names, such as `Enter`, `Left`, `C-c`. */
  press(...keys: string[]): void {
    this.#run("send-keys", ...keys);
  }

  /** All lines so far, those that have scrolled away included; wrapped ones as one. */
  lines(): string[] {
    const screen = this.#run("capture-pane", "-p", "-J", "-S", "-");
    return screen
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
  }

  /** The visible rows with the escape sequences of their colours. */
  colours(): string {
    return this.#run("capture-pane", "-p", "-e");
  }

  title(): string {
    return this.#run("display-message", "-p", "#{pane_title}").trim();
  }

  /** Where the cursor is: column and row of the visible screen, from 0. */
  cursor(): [number, number] {
    const [column = "", row = ""] = this.#run("display-message", "-p", "#{cursor_x} #{cursor_y}").split(" ");
    return [Number(column), Number(row)];
  }

  [Symbol.dispose](): void {
    this.#run("kill-server");
  }

  #run(...args: string[]): string {
    return execFileSync(this.#tmux, ["-L", this.#server, ...args], {
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8", TMUX: "" },
    });
  }
}

/** Waits until the lines of a terminal end like this. */
export async function expectEnd(terminal: Terminal, ...lines: (string | RegExp)[]): Promise<void> {
  const patterns = lines.map((line): unknown =>
    typeof line === "string" ? line : expect.stringMatching(line),
  );
  await expect.poll(() => terminal.lines().slice(-lines.length), { timeout: 10_000 }).toEqual(patterns);
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
