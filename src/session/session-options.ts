import type { Window } from "./receive-stream.ts";
import { sessionDefaults } from "./session-defaults.ts";

/** The limits of one end of a session; see LIMITS.md. */
export interface SessionOptions {
  readonly messageBytesMax: number;
  readonly bufferedBytesMax: number;
  readonly bufferedMessagesMax: number;
  readonly queueAgeMsMax: number;
  readonly window: Window;
  readonly receiveBytesMax: number;
  readonly streamsMax: number;
  readonly closeTimeoutMs: number;
  /** 0 leaves it to the transport to find dead links. */
  readonly heartbeatMs: number;
}

const smallest: Readonly<Record<string, number>> = {
  messageBytesMax: 1,
  bufferedBytesMax: 1,
  bufferedMessagesMax: 1,
  queueAgeMsMax: 0,
  receiveBytesMax: 1,
  streamsMax: 0,
  closeTimeoutMs: 1,
  heartbeatMs: 0,
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} for a number that is none or does not fit the others.
 */
export function sessionOptions(options: Partial<SessionOptions> = {}): SessionOptions {
  const messageBytesMax = options.messageBytesMax ?? sessionDefaults.messageBytesMax;
  const window = options.window ?? {
    messages: sessionDefaults.windowMessages,
    bytes: sessionDefaults.windowBytes,
  };
  const complete: SessionOptions = {
    messageBytesMax,
    bufferedBytesMax:
      options.bufferedBytesMax ?? Math.max(sessionDefaults.bufferedSessionBytesMax, messageBytesMax),
    bufferedMessagesMax: options.bufferedMessagesMax ?? sessionDefaults.bufferedMessagesMax,
    queueAgeMsMax: options.queueAgeMsMax ?? sessionDefaults.queueAgeMsMax,
    window,
    receiveBytesMax:
      options.receiveBytesMax ?? Math.max(sessionDefaults.receiveBytesMax, messageBytesMax + window.bytes),
    streamsMax: options.streamsMax ?? sessionDefaults.streamsMax,
    closeTimeoutMs: options.closeTimeoutMs ?? sessionDefaults.sessionCloseTimeoutMs,
    heartbeatMs: options.heartbeatMs ?? sessionDefaults.sessionHeartbeatMs,
  };
  check(complete);
  return complete;
}

function check(options: SessionOptions): void {
  const numbers = options as unknown as Readonly<Record<string, number>>;
  for (const [name, least] of Object.entries(smallest)) {
    const value = numbers[name]!;
    if (!Number.isSafeInteger(value) || value < least)
      throw new RangeError(`Option ${name} is ${value}; it is an integer of at least ${least}`);
  }
  const { window, messageBytesMax, receiveBytesMax, bufferedBytesMax } = options;
  if (!isWindow(window))
    throw new RangeError(
      `Option window is ${window.messages} messages and ${window.bytes} bytes; both are integers of at least 1`,
    );
  if (receiveBytesMax < messageBytesMax + window.bytes)
    throw new RangeError(
      `Option receiveBytesMax is ${receiveBytesMax}; a message (${messageBytesMax}) and a window (${window.bytes}) need more`,
    );
  if (bufferedBytesMax < messageBytesMax)
    throw new RangeError(
      `Option bufferedBytesMax is ${bufferedBytesMax}, less than messageBytesMax (${messageBytesMax})`,
    );
}

function isWindow({ messages, bytes }: Window): boolean {
  return Number.isSafeInteger(messages) && Number.isSafeInteger(bytes) && messages >= 1 && bytes >= 1;
}
