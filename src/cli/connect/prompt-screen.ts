import type { Interface } from "node:readline";

/** What a screen needs of readline. */
export type Prompt = Pick<Interface, "getCursorPos" | "prompt">;

const clearFromHere = "\r\x1b[J";

/**
 * A terminal with a prompt at the bottom, at which a line may be half typed. What is printed goes above it, and the
 * line stands below as it was.
 */
export class PromptScreen {
  readonly #prompt: Prompt;
  readonly #output: NodeJS.WritableStream;

  constructor(prompt: Prompt, output: NodeJS.WritableStream) {
    this.#prompt = prompt;
    this.#output = output;
  }

  /**
   * Prints lines above the prompt. They must be safe for a terminal already.
   *
   * Readline draws its line again by going up the rows that the cursor was below the line's first, so as many empty
   * rows are left for it below what was printed.
   */
  print(lines: readonly string[]): void {
    const { rows } = this.#prompt.getCursorPos();
    this.#output.write(`${this.#clear(rows)}${lines.join("\n")}\n${"\n".repeat(rows)}`);
    this.#prompt.prompt(true);
  }

  /** Prints lines in place of the prompt, for the end. */
  printLast(lines: readonly string[]): void {
    const { rows } = this.#prompt.getCursorPos();
    this.#output.write(`${this.#clear(rows)}${lines.join("\n")}\n`);
  }

  #clear(rows: number): string {
    return rows === 0 ? clearFromHere : `\x1b[${rows}A${clearFromHere}`;
  }
}
