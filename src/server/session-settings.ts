import { type SessionOptions, sessionLimits, sessionOptions } from "../session/index.ts";
import { serverLimits } from "./limits.ts";

/** What sessions may cost, and how long they may take; each with its default in LIMITS.md. */
export interface SessionSettingsOptions {
  /** Sessions at once, suspended ones included: 3003 with a time to come back at. Default: 100,000. */
  readonly sessionsMax?: number;
  /** Sessions of one user at once, where there is `authenticate`. Default: 100. */
  readonly sessionsPerUserMax?: number;
  /** How long a session without a link is kept, in milliseconds. Default: 120,000. */
  readonly suspendedMsMax?: number;
  /** The largest message, of a plain WebSocket, too: 3504, or 1009. Default: 1 MiB. */
  readonly messageBytesMax?: number;
  /** What may wait to be sent in a session, in bytes; past it `send` throws. Default: 4 MiB. */
  readonly bufferedBytesMax?: number;
  /** Messages that may wait to be sent in a session. Default: 16,384. */
  readonly bufferedMessagesMax?: number;
  /** Received payload of a session whose handlers have not settled, in bytes. Default: 2 MiB. */
  readonly receiveBytesMax?: number;
  /** Messages that a client may send on a stream before handlers have settled. Default: 1024. */
  readonly windowMessages?: number;
  /** Payload that a client may send on a stream before handlers have settled, in bytes. Default: 256 KiB. */
  readonly windowBytes?: number;
  /** Named streams of a session in each direction. Default: 64. */
  readonly streamsMax?: number;
  /** Milliseconds for a link to open or resume a session, `authenticate` included: 3002. Default: 10,000. */
  readonly openTimeoutMs?: number;
  /** Milliseconds from `close` to the delivery of what was sent before. Default: 30,000. */
  readonly closeTimeoutMs?: number;
  /** Milliseconds for a message handler, after which its session is ended: 3506. Default: 0, as long as it likes. */
  readonly handlerTimeoutMs?: number;
  /** A link silent for so many milliseconds is pinged, and gone after as many again; 0 is off. Default: 30,000. */
  readonly heartbeatMs?: number;
  /** What all sessions hold received before their windows shrink, in bytes. Default: 256 MiB. */
  readonly heldBytesMax?: number;
  /** A client that is told to come back later is given a random time up to this, in milliseconds. Default: 5000. */
  readonly retryAfterMsMax?: number;
}

/** The settings, each with its value. */
export interface SessionSettings extends Required<SessionSettingsOptions> {
  /** Those that the session layer knows, as it wants them. */
  readonly session: SessionOptions;
}

type Name = keyof SessionSettingsOptions;

/** The longest time that Node's timers take. */
const timeoutMsMax = 2 ** 31 - 1;

interface Bounds {
  readonly default: number;
  readonly unit: string;
  /** 1 if absent. */
  readonly least?: number;
  /** A count that may be without end. */
  readonly mayBeInfinite?: true;
}

const bounds: Readonly<Record<Name, Bounds>> = {
  sessionsMax: { ...sessionLimits.sessionsMax, mayBeInfinite: true },
  sessionsPerUserMax: { ...sessionLimits.sessionsPerUserMax, mayBeInfinite: true },
  suspendedMsMax: { ...sessionLimits.suspendedMsMax, least: 0 },
  messageBytesMax: sessionLimits.messageBytesMax,
  bufferedBytesMax: sessionLimits.bufferedSessionBytesMax,
  bufferedMessagesMax: sessionLimits.bufferedMessagesMax,
  receiveBytesMax: sessionLimits.receiveBytesMax,
  windowMessages: sessionLimits.windowMessages,
  windowBytes: sessionLimits.windowBytes,
  streamsMax: { ...sessionLimits.streamsMax, least: 0 },
  openTimeoutMs: sessionLimits.openTimeoutMs,
  closeTimeoutMs: sessionLimits.sessionCloseTimeoutMs,
  handlerTimeoutMs: { ...serverLimits.handlerTimeoutMs, least: 0 },
  heartbeatMs: { ...serverLimits.linkHeartbeatMs, least: 0 },
  heldBytesMax: { ...serverLimits.heldBytesMax, mayBeInfinite: true },
  retryAfterMsMax: { ...serverLimits.retryAfterMsMax, least: 0 },
};

/**
 * Checks the option `sessions` and fills in the defaults. Throws `TypeError` for a name that there is not and for what is
 * no number, `RangeError` for a number that cannot be or does not fit the others.
 */
export function readSessionSettings(options: SessionSettingsOptions = {}): SessionSettings {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`Option sessions is ${String(options)}; it is an object of limits`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(bounds, name));
  if (unknown !== undefined)
    throw new TypeError(
      `Option sessions has a ${JSON.stringify(unknown)}; it has ${Object.keys(bounds).join(", ")}`,
    );
  const numbers = Object.fromEntries(
    (Object.keys(bounds) as Name[]).map((name) => [name, readNumber(name, options[name])]),
  ) as Record<Name, number>;
  const session = sessionOptions(forSessionLayer(options, numbers));
  const { bufferedBytesMax, receiveBytesMax } = session;
  return { ...numbers, bufferedBytesMax, receiveBytesMax, session };
}

function readNumber(name: Name, given: unknown): number {
  const { default: value, unit, least = 1, mayBeInfinite } = bounds[name];
  if (given === undefined) return value;
  if (typeof given !== "number")
    throw new TypeError(`Option sessions.${name} is a ${typeof given}; it is a number of ${unit}`);
  const most = unit === "ms" ? timeoutMsMax : Number.MAX_SAFE_INTEGER;
  const isAllowed = Number.isInteger(given)
    ? given >= least && given <= most
    : given === Number.POSITIVE_INFINITY && mayBeInfinite;
  if (isAllowed) return given;
  const end = mayBeInfinite ? ", or Infinity" : unit === "ms" ? ` to ${most}` : "";
  throw new RangeError(
    `Option sessions.${name} is ${given} ${unit}; it is a whole number from ${least}${end}`,
  );
}

/** Two defaults follow from other options; so they are left to the session layer. */
function forSessionLayer(
  given: SessionSettingsOptions,
  numbers: Record<Name, number>,
): Partial<SessionOptions> {
  const { messageBytesMax, bufferedMessagesMax, streamsMax, closeTimeoutMs } = numbers;
  const { windowMessages: messages, windowBytes: bytes } = numbers;
  const { bufferedBytesMax, receiveBytesMax } = given;
  return {
    messageBytesMax,
    bufferedMessagesMax,
    streamsMax,
    closeTimeoutMs,
    window: { messages, bytes },
    // The engine's heartbeat finds dead links, for all of them at once.
    heartbeatMs: 0,
    ...(bufferedBytesMax === undefined ? {} : { bufferedBytesMax }),
    ...(receiveBytesMax === undefined ? {} : { receiveBytesMax }),
  };
}
