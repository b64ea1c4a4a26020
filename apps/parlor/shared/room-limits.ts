const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every bound of the room, for both ends: the page says them before it sends, the server holds them whatever arrives.
 * A picture, the replayed history and one more picture fit into `bufferedBytesMax`.
 */
export const ROOM_LIMITS = {
  membersMax: 100,
  nameCharsMax: 32,
  textCharsMax: 2000,
  /** What may wait for one member, in the room and, in its own page, for the room. */
  bufferedBytesMax: 32 * MIB,
  refCharsMax: 64,
  pictureBytesMax: 6_000_000,
  pictureNameCharsMax: 120,
  /** Pictures waiting in the composer of one page. */
  stagedPicturesMax: 4,
  /** Flows of live video in the room at once. */
  livesMax: 4,
  frameBytesMax: 512 * KIB,
  frameSideMax: 1920,
  /** Past this many bytes waiting for one viewer, frames are dropped for that viewer alone. */
  frameBacklogBytesMax: 256 * KIB,
  /** Past this many bytes waiting for one viewer, a picture reaches it as a line of text. */
  pictureBacklogBytesMax: 9 * MIB,
  envelopeHeaderBytesMax: KIB,
  jsonCharsMax: 16 * KIB,
  historyEntriesMax: 100,
  historyBytesMax: 8 * MIB,
  /** A network may fail between the opening of a session and the join. */
  joinTimeoutMs: 60_000,
  /** Tokens per second and at most saved up, per member. */
  commandRate: { perSecond: 10, burst: 30 },
  pictureRate: { perSecond: 1, burst: 6 },
  frameRate: { perSecond: 40, burst: 40 },
  /** Refusals that are answered; a guest past them is disconnected. */
  refusalRate: { perSecond: 1, burst: 20 },
} as const;
