import { ROOM_LIMITS } from "../shared/room-limits.ts";

export interface HistoryEntry {
  ref: string;
  /** The message as it is sent: JSON. */
  text: string;
  /** The envelope of the picture that the message announces. */
  picture: Uint8Array<ArrayBuffer> | null;
}

/** The latest entries of the room for whoever comes in, bounded by their number and by their bytes. */
export class RoomHistory {
  readonly #entries: HistoryEntry[] = [];
  #byteLength = 0;

  add(entry: HistoryEntry): void {
    this.#entries.push(entry);
    this.#byteLength += byteLengthOf(entry);
    while (
      this.#entries.length > ROOM_LIMITS.historyEntriesMax ||
      this.#byteLength > ROOM_LIMITS.historyBytesMax
    ) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) break;
      this.#byteLength -= byteLengthOf(oldest);
    }
  }

  find(ref: string): HistoryEntry | undefined {
    return this.#entries.findLast((entry) => entry.ref === ref);
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }
}

// Two bytes per UTF-16 unit is what a string costs at most in memory, and never less than its UTF-8 on the line by much.
function byteLengthOf({ text, picture }: HistoryEntry): number {
  return 2 * text.length + (picture?.byteLength ?? 0);
}
