import type { SessionDirectory, SessionPlace } from "./session-directory.ts";

/** The directory of a server that is alone. */
export class MemoryDirectory implements SessionDirectory {
  readonly #places = new Map<string, SessionPlace>();
  #claims = 0;

  async claim(sessionId: string, node: string, fencingToken: number): Promise<SessionPlace | undefined> {
    if ((this.#places.get(sessionId)?.fencingToken ?? 0) !== fencingToken) return undefined;
    const place = { node, fencingToken: ++this.#claims };
    this.#places.set(sessionId, place);
    return place;
  }

  async find(sessionId: string): Promise<SessionPlace | undefined> {
    return this.#places.get(sessionId);
  }

  async release(sessionId: string, fencingToken: number): Promise<void> {
    if (this.#places.get(sessionId)?.fencingToken === fencingToken) this.#places.delete(sessionId);
  }
}
