import type { FrameNote } from "./simulated-connection.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const shownCharactersMax = 300;

/** Writes what happens in a run as lines that begin with the virtual time. */
export class TraceWriter {
  readonly #clock: VirtualClock;
  readonly #startMs: number;
  readonly #takeLine: (line: string) => void;

  constructor(clock: VirtualClock, takeLine: (line: string) => void) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#takeLine = takeLine;
  }

  write(what: string): void {
    const ms = this.#clock.now() - this.#startMs;
    this.#takeLine(`${ms.toFixed(3).padStart(14)} ms  ${what}`);
  }

  /** Long frames are shortened, binary ones shown as text. */
  writeFrame({ connection, from, what, frame }: FrameNote): void {
    const arrow = from === "client" ? "client → server" : "client ← server";
    const text =
      typeof frame === "string"
        ? frame
        : `(binary) ${String.fromCharCode(...frame.subarray(0, shownCharactersMax))}`;
    const shown =
      text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}… (${frame.length})` : text;
    this.write(`link ${connection} ${arrow} ${what.padEnd(8)} ${shown}`);
  }
}
