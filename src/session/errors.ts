/**
 * Errors of the session layer.
 *
 * - `SessionError`: a link or a session ended, because a rule was broken, a limit was passed or somebody said so. Its
 *   close code says what a client does: connect again (3000–3499) or stop (3500–3999).
 * - `BufferFullError`: `send` did not accept a message, as too much waits already. Wait for `writable()`.
 *
 * Misuse by the caller throws `TypeError` or `RangeError` instead.
 */

/** Every way in which a link or a session ends by a word of the protocol. `{name}` is filled from the facts. */
export const sessionRules = {
  SESSION_GOING_AWAY: { closeCode: 3000, message: "The server goes away" },
  SESSION_LINK_SILENT: { closeCode: 3001, message: "No frame came for {silentMs} ms" },
  SESSION_NOT_OPENED: { closeCode: 3002, message: "Neither open nor resume came within {limitMs} ms" },
  SESSION_OVERLOADED: { closeCode: 3003, message: "The server takes no more sessions: limit {limit}" },
  SESSION_UNAVAILABLE: { closeCode: 3004, message: "The server could not decide about the session" },
  SESSION_LOST: { closeCode: 3005, message: "The session is not known any more" },
  SESSION_TAKEN_OVER: { closeCode: 3500, message: "The session goes on by link {linkEpoch}" },
  SESSION_REFUSED: { closeCode: 3501, message: "{reason}" },
  SESSION_USER_CHANGED: { closeCode: 3502, message: "The session belongs to another user" },
  SESSION_FRAME_INVALID: { closeCode: 3503, message: "Not a frame of ropeway.1: {what}" },
  SESSION_FRAME_UNEXPECTED: { closeCode: 3503, message: "A frame {what} may not come now" },
  SESSION_POSITION_AHEAD: {
    closeCode: 3503,
    message: "Stream {stream} is at {message}@{byteOffset}, the frame at {got}",
  },
  SESSION_CREDIT_EXCEEDED: {
    closeCode: 3503,
    message: "Stream {stream} may send up to {limit} {unit}, got {got}",
  },
  SESSION_STREAM_INVALID: { closeCode: 3503, message: "Stream {stream} {what}" },
  SESSION_ACK_INVALID: { closeCode: 3503, message: "Stream {stream} cannot be acknowledged so: {what}" },
  SESSION_MESSAGE_TOO_LARGE: {
    closeCode: 3504,
    message: "A message has {bytes} bytes, the limit is {limit}",
  },
  SESSION_TERMINATED: { closeCode: 3505, message: "The session was ended" },
  SESSION_HANDLER_TIMEOUT: { closeCode: 3506, message: "A handler did not settle in {limitMs} ms" },
} as const satisfies Record<string, { readonly closeCode: number; readonly message: string }>;

/** Names why a link or a session ended. */
export type SessionErrorCode = keyof typeof sessionRules;

export type Facts = Readonly<Record<string, string | number>>;

/** A link or a session ended by a rule of the protocol; see the head of this file. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  readonly closeCode: number;
  /** The numbers and names in the message. */
  readonly facts: Facts;

  constructor(code: SessionErrorCode, facts: Facts = {}, options?: { cause?: unknown }) {
    super(
      sessionRules[code].message.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name])),
      options,
    );
    this.code = code;
    this.closeCode = sessionRules[code].closeCode;
    this.facts = facts;
  }
}

/** `send` accepted nothing, as the buffer is full: wait for `writable()`, or send less. */
export class BufferFullError extends Error {
  override readonly name = "BufferFullError";
  readonly code = "SESSION_BUFFER_FULL";
  /** What waits already, and of what there is too much. */
  readonly buffered: number;
  readonly limit: number;

  constructor(buffered: number, limit: number, unit: "bytes" | "messages" | "keys") {
    super(`${buffered} ${unit} wait already, the limit is ${limit}; await writable() between messages`);
    this.buffered = buffered;
    this.limit = limit;
  }
}

/** Whether a client connects again after a link ended with this code (RFC 6455's codes included). */
export function isRetryable(closeCode: number): boolean {
  return closeCode < 3500 || closeCode > 3999;
}
