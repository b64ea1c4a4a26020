import { type Direction, type Directions, includes } from "./direction.ts";

export interface Fuse<Place> {
  /** The bytes of which directions are counted. */
  readonly directions: Directions;
  /** How many bytes pass before it burns down. */
  bytesLeft: number;
  /** Told where the last byte passed. */
  readonly burnDown: (place: Place) => void;
}

/** Counts what passes and tells the byte at which something is to happen. */
export class ByteFuses<Place> {
  #fuses: Fuse<Place>[] = [];

  light(fuse: Fuse<Place>): void {
    this.#fuses.push(fuse);
  }

  /** How many of so many bytes may pass before the next fuse burns down. */
  room(direction: Direction, bytes: number): number {
    let room = bytes;
    for (const fuse of this.#fuses) {
      if (includes(fuse.directions, direction)) room = Math.min(room, fuse.bytesLeft);
    }
    return room;
  }

  /** Takes note of bytes that pass; the fuses that burned down by them are taken off and returned. */
  pass(direction: Direction, bytes: number): Fuse<Place>[] {
    for (const fuse of this.#fuses) if (includes(fuse.directions, direction)) fuse.bytesLeft -= bytes;
    const burned = this.#fuses.filter(({ bytesLeft }) => bytesLeft <= 0);
    if (burned.length > 0) this.#fuses = this.#fuses.filter(({ bytesLeft }) => bytesLeft > 0);
    return burned;
  }
}
