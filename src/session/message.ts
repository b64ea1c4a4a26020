/** What a message carries: text, or bytes. */
export type Payload = string | Uint8Array;

/** A message taken from a stream. */
export interface ReceivedMessage {
  readonly payload: Payload;
  /** Its length in bytes, of UTF-8 for text. */
  readonly bytes: number;
}

/** What becomes of messages that have to wait. */
export type StreamKind = "reliable" | "latest" | "lossy";

/** Frames of interactive streams go before those of bulk streams. */
export type StreamPriority = "interactive" | "bulk";

export interface StreamOptions {
  /** "reliable" if absent. */
  readonly kind?: StreamKind;
  /** "interactive" if absent. */
  readonly priority?: StreamPriority;
}

/** Why a message never reached the handler. */
export type SkipReason = "expired" | "cancelled" | "superseded" | "dropped";

export interface SendOptions {
  /** On a stream of kind `latest`: what the message is the newest of; "" if absent. */
  readonly key?: string;
}

/** A message that was accepted and will not reach the handler. */
export interface ExpiredMessage {
  readonly payload: Payload;
  readonly reason: SkipReason;
}

/** Messages `from` to `to` of a stream, whose fate is unknown. */
export interface GapRange {
  /** The stream's name; "" for the one without; null for any that the other end may have named without its being heard. */
  readonly stream: string | null;
  readonly from: number;
  readonly to: number;
}

/** What is not known of a session that was lost. */
export interface Gap {
  /**
   * Of reliable streams: transmitted, and not known as handled. 1 is the first message that `send` accepted on the
   * stream since it was made, in whichever session.
   */
  readonly sent: readonly GapRange[];
  /**
   * What the other end may have sent and did not come, up to all for which it had credit. 1 is the first message of the
   * stream in the session that was lost.
   */
  readonly received: readonly GapRange[];
}
