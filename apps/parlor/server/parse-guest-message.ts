import { decodeEnvelope } from "../shared/envelope.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import type { GuestHeader, GuestMessage, JoinMessage } from "../shared/room-messages.ts";

/** What a page may not send at all: it ends the session with 1008 and this sentence. */
export class MalformedMessageError extends Error {
  override name = "MalformedMessageError";
}

/** What a page says at the door. Throws `MalformedMessageError`. */
export function parseJoin(text: string): JoinMessage {
  const { kind, name } = record(parseJson(text));
  if (kind !== "join") throw new MalformedMessageError("Join first");
  return { kind, name: string(name, "name") };
}

/** A text message of a page. Throws `MalformedMessageError`. */
export function parseGuestMessage(text: string): GuestMessage {
  const { kind, ref, text: said, source } = record(parseJson(text));
  switch (kind) {
    case "say":
      return { kind, ref: reference(ref), text: string(said, "text") };
    case "live-start":
      if (source !== "camera" && source !== "file")
        throw new MalformedMessageError("source is camera or file");
      return { kind, source };
    case "live-stop":
    case "leave":
      return { kind };
    default:
      throw new MalformedMessageError("Unknown kind of text message");
  }
}

/** A binary message of a page. Throws `MalformedMessageError`. */
export function parseGuestEnvelope(message: Uint8Array<ArrayBuffer>): {
  header: GuestHeader;
  body: Uint8Array<ArrayBuffer>;
} {
  const envelope = decodeEnvelope(message);
  if (envelope === null) throw new MalformedMessageError("Not an envelope");
  const { kind, name, ref, width, height } = record(envelope.header);
  switch (kind) {
    case "picture":
      return { header: { kind, ref: reference(ref), name: string(name, "name") }, body: envelope.body };
    case "frame":
      return { header: { kind, width: side(width), height: side(height) }, body: envelope.body };
    default:
      throw new MalformedMessageError("Unknown kind of binary message");
  }
}

function parseJson(text: string): unknown {
  if (text.length > ROOM_LIMITS.jsonCharsMax) {
    throw new MalformedMessageError(
      `Text is ${text.length} characters, limit is ${ROOM_LIMITS.jsonCharsMax}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedMessageError("Not JSON", { cause });
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new MalformedMessageError("Not a JSON object");
  return value as Record<string, unknown>;
}

function string(value: unknown, field: string): string {
  if (typeof value !== "string") throw new MalformedMessageError(`${field} is a string`);
  return value;
}

function reference(value: unknown): string {
  const ref = string(value, "ref");
  // Nothing that JSON escapes or UTF-8 lengthens: the room puts it into headers of its own, which have a limit.
  if (!/^[\w-]+$/.test(ref) || ref.length > ROOM_LIMITS.refCharsMax) {
    throw new MalformedMessageError(`ref is 1 to ${ROOM_LIMITS.refCharsMax} letters, digits, _ or -`);
  }
  return ref;
}

function side(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > ROOM_LIMITS.frameSideMax) {
    throw new MalformedMessageError(`width and height are 1 to ${ROOM_LIMITS.frameSideMax}`);
  }
  return value as number;
}
