import { SessionError } from "./errors.ts";
import type { StreamPosition } from "./ack.ts";
import type { StreamKind, StreamPriority } from "./message.ts";
import { numberPattern, readNumbers } from "./read-numbers.ts";
import type { Window } from "./receive-stream.ts";
import { sessionDefaults } from "./session-defaults.ts";
import { utf8Bytes } from "./utf8.ts";

/** What an end takes, told at the start. */
export interface Terms {
  readonly messageBytesMax: number;
  readonly streamsMax: number;
  /** The first credit of stream 0, as [messages, bytes]. */
  readonly window: Window;
  /** The first credit of each named stream. */
  readonly streamWindow: Window;
}

export interface Hello {
  readonly messageBytesMax: number;
  readonly streamsMax: number;
  readonly suspendedMsMax: number;
}

export interface Open extends Terms {
  readonly nonce: string;
  readonly linkEpoch: number;
  readonly token: string | undefined;
  readonly protocols: readonly string[];
}

export interface Opened extends Terms {
  readonly session: string;
  readonly secret: string;
  readonly linkEpoch: number;
  readonly protocol: string;
}

export interface Resume {
  readonly session: string;
  readonly secret: string;
  readonly linkEpoch: number;
  readonly token: string | undefined;
  readonly streams: readonly StreamPosition[];
}

export interface Resumed {
  readonly secret: string;
  readonly linkEpoch: number;
  readonly streams: readonly StreamPosition[];
}

export interface StreamName {
  readonly stream: number;
  readonly name: string;
  readonly kind: StreamKind;
  readonly priority: StreamPriority;
}

export interface Close {
  readonly code: number;
  readonly reason: string;
}

export interface Bye {
  /** The client may open another session after this time, as the server goes away. */
  readonly retryAfterMs: number | undefined;
}

export interface End {
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly linkEpoch: number | undefined;
}

/** The word that a control frame begins with. */
export function wordOf(frame: string): string {
  const space = frame.indexOf(" ");
  return space === -1 ? frame : frame.slice(0, space);
}

/** What a reader returns for a value that is not what it is to be. */
const wrong = Symbol("wrong");

/** Reads a member's value; it is undefined if the member is missing. */
type Reader<Value> = (value: unknown) => Value | typeof wrong;

type Readers<Members> = { readonly [Name in keyof Members]: Reader<Members[Name]> };

function readMembers<Members>(frame: string, readers: Readers<Members>): Members {
  const word = wordOf(frame);
  if (utf8Bytes(frame) > sessionDefaults.controlFrameBytesMax) throw invalid(word);
  try {
    return readObject(word, JSON.parse(frame.slice(word.length + 1)), readers);
  } catch (error) {
    throw error instanceof SessionError ? error : invalid(word);
  }
}

function readObject<Members>(what: string, value: unknown, readers: Readers<Members>): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(what);
  const members: Partial<Members> = {};
  for (const name in readers) {
    const member = readers[name](Object.hasOwn(value, name) ? (value as Members)[name] : undefined);
    if (member === wrong) throw invalid(`${what}, member ${name}`);
    members[name] = member;
  }
  return members as Members;
}

function number(value: unknown): number | typeof wrong {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : wrong;
}

function text(lengthMax: number, lengthMin = 0): Reader<string> {
  return (value) =>
    typeof value === "string" && value.length <= lengthMax && value.length >= lengthMin ? value : wrong;
}

function oneOf<Value>(values: readonly Value[]): Reader<Value> {
  return (value) => (values.includes(value as Value) ? (value as Value) : wrong);
}

function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value) => (value === undefined ? undefined : reader(value));
}

function list<Value>(countMax: number, reader: Reader<Value>): Reader<Value[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > countMax) return wrong;
    const items = value.map(reader);
    return items.includes(wrong) ? wrong : (items as Value[]);
  };
}

function messagesAndBytes(value: unknown): Window | typeof wrong {
  const numbers = list(2, number)(value);
  if (numbers === wrong || numbers.length < 2) return wrong;
  const [messages, bytes] = numbers as [number, number];
  return { messages, bytes };
}

const position: Readers<StreamPosition> = {
  stream: number,
  have: number,
  byteOffset: number,
  bytes: number,
  started: number,
  done: number,
  messagesMax: number,
  bytesMax: number,
};

/** More streams than anybody allows. */
const streamsOnWireMax = 10_000;
const positions = list(streamsOnWireMax, (value) => {
  try {
    return readObject("", value, position);
  } catch {
    return wrong;
  }
});
const name = text(64, 1);
const limits = { messageBytesMax: number, streamsMax: number };
const terms: Readers<Terms> = { ...limits, window: messagesAndBytes, streamWindow: messagesAndBytes };

/**
 * Readers of the frames that are a word and a JSON object.
 *
 * @throws {SessionError} SESSION_FRAME_INVALID.
 */
export function readHello(frame: string): Hello {
  return readMembers(frame, { ...limits, suspendedMsMax: number });
}

export function readOpen(frame: string): Open {
  return readMembers<Open>(frame, {
    nonce: text(64, 16),
    linkEpoch: number,
    token: optional(text(sessionDefaults.tokenBytesMax)),
    protocols: list(64, text(256)),
    ...terms,
  });
}

export function readOpened(frame: string): Opened {
  return readMembers<Opened>(frame, {
    session: name,
    secret: name,
    linkEpoch: number,
    protocol: text(256),
    ...terms,
  });
}

export function readResume(frame: string): Resume {
  return readMembers<Resume>(frame, {
    session: name,
    secret: name,
    linkEpoch: number,
    token: optional(text(sessionDefaults.tokenBytesMax)),
    streams: positions,
  });
}

export function readResumed(frame: string): Resumed {
  return readMembers<Resumed>(frame, { secret: name, linkEpoch: number, streams: positions });
}

export function readStreamName(frame: string): StreamName {
  return readMembers<StreamName>(frame, {
    stream: number,
    name: text(128, 1),
    kind: oneOf(["reliable", "latest", "lossy"]),
    priority: oneOf(["interactive", "bulk"]),
  });
}

export function readClose(frame: string): Close {
  return readMembers<Close>(frame, { code: number, reason: text(123) });
}

export function readDrain(frame: string): void {
  readMembers(frame, {});
}

export function readBye(frame: string): Bye {
  return readMembers<Bye>(frame, { retryAfterMs: optional(number) });
}

export function readEnd(frame: string): End {
  return readMembers<End>(frame, {
    code: number,
    reason: text(1024),
    retryAfterMs: optional(number),
    linkEpoch: optional(number),
  });
}

function invalid(what: string): SessionError {
  return new SessionError("SESSION_FRAME_INVALID", { what });
}

/** Writes a control frame; undefined members are left out. A window is written as its two numbers. */
export function writeControl(word: string, members: object = {}): string {
  return `${word} ${JSON.stringify(members)}`;
}

/** The members of `Terms` as they are written. */
export function termsMembers({ messageBytesMax, streamsMax, window, streamWindow }: Terms): object {
  return {
    messageBytesMax,
    streamsMax,
    window: [window.messages, window.bytes],
    streamWindow: [streamWindow.messages, streamWindow.bytes],
  };
}

const pingPattern = new RegExp(`^p[io]ng ${numberPattern}$`);

/** The number in a ping or pong. */
export function readPing(frame: string): number {
  return readNumbers(frame, pingPattern, "ping or pong")[0]!;
}

/** What is wrong with a frame that begins with this word, and may not come now or at all. */
export function unexpectedFrame(word: string): SessionError {
  if (/^[a-z]{1,16}$/.test(word)) return new SessionError("SESSION_FRAME_UNEXPECTED", { what: word });
  return invalid("it begins with neither a number nor a word");
}
