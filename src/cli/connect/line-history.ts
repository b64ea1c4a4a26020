import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** Lines kept in the file; the oldest go first. */
export const historyLinesMax = 1000;
/** Longer lines are not kept, so that the file is at most some megabytes. */
export const historyLineCharactersMax = 4096;

/** The file of the history, under the user's state folder (XDG Base Directory: a relative value is ignored). */
export function historyFile(environment: Readonly<Record<string, string | undefined>>): string {
  const stateHome = environment["XDG_STATE_HOME"];
  const folder = stateHome && isAbsolute(stateHome) ? stateHome : join(homedir(), ".local", "state");
  return join(folder, "ropeway", "connect-history");
}

/** Lines typed at the prompt in this run and earlier ones. A file that cannot be read or written is no failure. */
export class LineHistory {
  readonly #file: string | null;
  readonly #added: string[] = [];

  /** @param file where the lines are kept; null keeps nothing */
  constructor(file: string | null) {
    this.#file = file;
  }

  /** Lines of earlier runs, the oldest first. */
  read(): string[] {
    if (this.#file === null) return [];
    try {
      return readFileSync(this.#file, "utf8").split("\n").filter(isKept).slice(-historyLinesMax);
    } catch {
      return [];
    }
  }

  /** Remembers a line for {@link save}; one that begins with a space is private, as in a shell. */
  add(line: string): void {
    if (this.#file === null || !isKept(line) || this.#added.at(-1) === line) return;
    this.#added.push(line);
    if (this.#added.length > historyLinesMax) this.#added.shift();
  }

  /**
   * Adds this run's lines to the file, readable for the user alone. The file is read again first, as another run may
   * have written meanwhile, and is replaced in one step.
   */
  save(): void {
    if (this.#file === null || this.#added.length === 0) return;
    const lines = [...this.read(), ...this.#added.splice(0)].slice(-historyLinesMax);
    const next = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(next, `${lines.join("\n")}\n`, { mode: 0o600 });
      renameSync(next, this.#file);
    } catch {
      // A read-only home costs the history, not the conversation.
    }
  }
}

function isKept(line: string): boolean {
  return line.trim() !== "" && !line.startsWith(" ") && line.length <= historyLineCharactersMax;
}
