/** Where a session lives, and how many owners it has had. */
export interface SessionPlace {
  /** The server that owns the session. */
  readonly node: string;
  /** Rises with each claim. State that was exported under a lower one is out of date. */
  readonly fencingToken: number;
}

/**
 * Knows which server owns which session, so that any of them can be asked. A resume on another server than the owner is
 * relayed to it, or the state is moved by a claim; whoever claimed last owns.
 */
export interface SessionDirectory {
  /**
   * Makes the node the owner. `fencingToken` is the one under which the state that it has was exported, 0 for a new
   * session: undefined is returned, and nothing changed, if somebody has claimed the session since.
   */
  claim(sessionId: string, node: string, fencingToken: number): Promise<SessionPlace | undefined>;
  find(sessionId: string): Promise<SessionPlace | undefined>;
  /** Forgets the session, unless it was claimed again since. */
  release(sessionId: string, fencingToken: number): Promise<void>;
}
