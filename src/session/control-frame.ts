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

export interface End {
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly linkEpoch: number | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** The word that a control frame begins with. */
export function wordOf(frame: string): string {
  const space = frame.indexOf(" ");
  return space === -1 ? frame : frame.slice(0, space);
}

/**
 * The JSON object behind the word, to be read by name.
 *
 * @throws {SessionError} SESSION_FRAME_INVALID.
 */
export function readMembers(frame: string): MemberReader {
  const word = wordOf(frame);
  if (utf8Bytes(frame) > sessionDefaults.controlFrameBytesMax) throw invalid(word);
  let members: unknown;
  try {
    members = JSON.parse(frame.slice(word.length + 1));
  } catch {
    throw invalid(word);
  }
  return new MemberReader(word, members);
}

/** Reads members of a JSON object, each of which is there and as it is to be, or throws SESSION_FRAME_INVALID. */
export class MemberReader {
  readonly #word: string;
  readonly #members: Members;

  constructor(word: string, members: unknown) {
    if (typeof members !== "object" || members === null || Array.isArray(members)) throw invalid(word);
    this.#word = word;
    this.#members = members as Members;
  }

  number(name: string): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw this.#wrong(name);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return this.#get(name) === undefined ? undefined : this.number(name);
  }

  text(name: string, lengthMax: number, lengthMin = 0): string {
    const value = this.#get(name);
    if (typeof value !== "string" || value.length > lengthMax || value.length < lengthMin)
      throw this.#wrong(name);
    return value;
  }

  optionalText(name: string, lengthMax: number): string | undefined {
    return this.#get(name) === undefined ? undefined : this.text(name, lengthMax);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.#get(name);
    if (!values.includes(value as Value)) throw this.#wrong(name);
    return value as Value;
  }

  texts(name: string, countMax: number, lengthMax: number): string[] {
    const list = this.#list(name, countMax);
    if (!list.every((item) => typeof item === "string" && item.length <= lengthMax)) throw this.#wrong(name);
    return list as string[];
  }

  window(name: string): Window {
    const [messages, bytes] = this.#list(name, 2);
    if (!isCount(messages) || !isCount(bytes)) throw this.#wrong(name);
    return { messages, bytes };
  }

  positions(name: string): StreamPosition[] {
    return this.#list(name, streamsOnWireMax).map((item) => {
      const members = new MemberReader(this.#word, item);
      return {
        stream: members.number("stream"),
        have: members.number("have"),
        byteOffset: members.number("byteOffset"),
        bytes: members.number("bytes"),
        started: members.number("started"),
        done: members.number("done"),
        messagesMax: members.number("messagesMax"),
        bytesMax: members.number("bytesMax"),
      };
    });
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  #list(name: string, countMax: number): unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length > countMax) throw this.#wrong(name);
    return value;
  }

  #wrong(name: string): SessionError {
    return invalid(`${this.#word}, member ${name}`);
  }
}

/** More streams than anybody allows. */
const streamsOnWireMax = 10_000;

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function invalid(what: string): SessionError {
  return new SessionError("SESSION_FRAME_INVALID", { what });
}

export function readTerms(members: MemberReader): Terms {
  return {
    messageBytesMax: members.number("messageBytesMax"),
    streamsMax: members.number("streamsMax"),
    window: members.window("window"),
    streamWindow: members.window("streamWindow"),
  };
}

export function readHello(frame: string): Hello {
  const members = readMembers(frame);
  return {
    messageBytesMax: members.number("messageBytesMax"),
    streamsMax: members.number("streamsMax"),
    suspendedMsMax: members.number("suspendedMsMax"),
  };
}

export function readOpen(frame: string): Open {
  const members = readMembers(frame);
  return {
    nonce: members.text("nonce", 64, 16),
    linkEpoch: members.number("linkEpoch"),
    token: members.optionalText("token", sessionDefaults.tokenBytesMax),
    protocols: members.texts("protocols", 64, 256),
    ...readTerms(members),
  };
}

export function readOpened(frame: string): Opened {
  const members = readMembers(frame);
  return {
    session: members.text("session", 64, 1),
    secret: members.text("secret", 64, 1),
    linkEpoch: members.number("linkEpoch"),
    protocol: members.text("protocol", 256),
    ...readTerms(members),
  };
}

export function readResume(frame: string): Resume {
  const members = readMembers(frame);
  return {
    session: members.text("session", 64, 1),
    secret: members.text("secret", 64, 1),
    linkEpoch: members.number("linkEpoch"),
    token: members.optionalText("token", sessionDefaults.tokenBytesMax),
    streams: members.positions("streams"),
  };
}

export function readResumed(frame: string): Resumed {
  const members = readMembers(frame);
  return {
    secret: members.text("secret", 64, 1),
    linkEpoch: members.number("linkEpoch"),
    streams: members.positions("streams"),
  };
}

export function readStreamName(frame: string): StreamName {
  const members = readMembers(frame);
  return {
    stream: members.number("stream"),
    name: members.text("name", 128, 1),
    kind: members.oneOf("kind", ["reliable", "latest", "lossy"]),
    priority: members.oneOf("priority", ["interactive", "bulk"]),
  };
}

export function readClose(frame: string): Close {
  const members = readMembers(frame);
  return { code: members.number("code"), reason: members.text("reason", 123) };
}

export function readEnd(frame: string): End {
  const members = readMembers(frame);
  return {
    code: members.number("code"),
    reason: members.text("reason", 1024),
    retryAfterMs: members.optionalNumber("retryAfterMs"),
    linkEpoch: members.optionalNumber("linkEpoch"),
  };
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
