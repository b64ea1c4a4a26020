/**
 * The streams of a guest's session, asked for by these names at both ends. What is said goes without a name. A stream
 * waits until somebody listens, so that nothing is heard before its speaker has joined at the door.
 */
export const ROOM_STREAMS = {
  /** The room asks each new session who is there, and the page answers. */
  door: { name: "door", options: {} },
  /** Large and never lost, behind whatever is said. */
  pictures: { name: "pictures", options: { priority: "bulk" } },
  /** Only the newest image of each sender counts. */
  live: { name: "live", options: { kind: "latest", priority: "bulk" } },
} as const;
