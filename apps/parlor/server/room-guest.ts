import { cleanLine, cleanText } from "../shared/clean-text.ts";
import { pictureType } from "../shared/picture-type.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import type { DoorMessage, GuestHeader, GuestMessage } from "../shared/room-messages.ts";
import { ROOM_STREAMS } from "../shared/room-streams.ts";
import {
  MalformedMessageError,
  parseGuestEnvelope,
  parseGuestMessage,
  parseJoin,
} from "./parse-guest-message.ts";
import { type MemberLine, type MemberStream, type Room, type SeatedMember, tell } from "./room.ts";
import { TokenBucket } from "./token-bucket.ts";

type Body = Uint8Array<ArrayBuffer>;

/** What a guest needs of a stream, and of a session, which is one itself. */
export interface GuestStream extends MemberStream {
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}
export interface GuestSession extends GuestStream {
  stream(name: string, options: object): GuestStream;
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * One session in the room: asks who it is, then checks and paces everything that comes in, whatever it is. Call `leave` at
 * the end of the session.
 */
export class RoomGuest {
  readonly #room: Room;
  readonly #session: GuestSession;
  readonly #line: MemberLine & Record<"pictures" | "live", GuestStream>;
  readonly #now: () => number;
  readonly #commands: TokenBucket;
  readonly #pictures: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #refusals: TokenBucket;
  readonly #joinTimer: ReturnType<typeof setTimeout>;
  #state: { as: "newcomer" } | { as: "member"; member: SeatedMember } | { as: "gone" } = { as: "newcomer" };

  constructor(room: Room, session: GuestSession, now: () => number = Date.now) {
    this.#room = room;
    this.#session = session;
    this.#now = now;
    this.#commands = new TokenBucket(ROOM_LIMITS.commandRate, now());
    this.#pictures = new TokenBucket(ROOM_LIMITS.pictureRate, now());
    this.#frames = new TokenBucket(ROOM_LIMITS.frameRate, now());
    this.#refusals = new TokenBucket(ROOM_LIMITS.refusalRate, now());
    this.#joinTimer = setTimeout(() => this.#end(1008, "Nobody joined in time"), ROOM_LIMITS.joinTimeoutMs);
    this.#joinTimer.unref();
    const { pictures, live, door } = ROOM_STREAMS;
    this.#line = {
      talk: session,
      pictures: session.stream(pictures.name, pictures.options),
      live: session.stream(live.name, live.options),
      drop: () => session.terminate(),
    };
    this.#askWho(session.stream(door.name, door.options));
  }

  leave(): void {
    clearTimeout(this.#joinTimer);
    if (this.#state.as === "member") this.#room.leave(this.#state.member);
    this.#state = { as: "gone" };
  }

  #askWho(door: GuestStream): void {
    door.addEventListener("message", ({ data }) =>
      this.#attempt(() => this.#join(parseJoin(textOf(data)).name)),
    );
    door.send(JSON.stringify({ kind: "who" } satisfies DoorMessage));
  }

  /** What came before has waited. */
  #listen(): void {
    this.#session.addEventListener("message", ({ data }) =>
      this.#attempt(() => this.#receiveMessage(parseGuestMessage(textOf(data)))),
    );
    for (const stream of [this.#line.pictures, this.#line.live])
      stream.addEventListener("message", ({ data }) =>
        this.#attempt(() => this.#receiveEnvelope(parseGuestEnvelope(bytesOf(data)))),
      );
  }

  #attempt(action: () => void): void {
    if (this.#state.as === "gone") return;
    try {
      action();
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.#end(1008, error.message);
    }
  }

  #receiveMessage(message: GuestMessage): void {
    const member = this.#seated();
    const ref = message.kind === "say" ? message.ref : null;
    if (message.kind === "leave") return this.#end(1000, "");
    if (!this.#commands.take(this.#now())) return this.#refuse(ref, "Too much at once: wait a moment.");
    switch (message.kind) {
      case "say":
        return this.#say(member, message);
      case "live-start":
        if (member.live !== null) return;
        if (this.#room.livesCount >= ROOM_LIMITS.livesMax) {
          return this.#refuse(null, `${ROOM_LIMITS.livesMax} people are showing video already.`);
        }
        return this.#room.startLive(member, message.source);
      case "live-stop":
        return this.#room.stopLive(member);
    }
  }

  #join(wanted: string): void {
    if (this.#state.as !== "newcomer") throw new MalformedMessageError("Joined already");
    if (wanted.length > ROOM_LIMITS.nameCharsMax) {
      throw new MalformedMessageError(`Nickname is longer than ${ROOM_LIMITS.nameCharsMax} characters`);
    }
    const name = cleanLine(wanted, ROOM_LIMITS.nameCharsMax);
    if (name === "") throw new MalformedMessageError("Nickname is empty");
    if (this.#room.isFull) return this.#end(1013, `The room is full (${ROOM_LIMITS.membersMax} people)`);
    clearTimeout(this.#joinTimer);
    this.#state = { as: "member", member: this.#room.join(name, this.#line) };
    this.#listen();
  }

  #say(member: SeatedMember, { ref, text: raw }: { ref: string; text: string }): void {
    const text = cleanText(raw);
    if (text === "") return this.#refuse(ref, "Nothing to read in it.");
    if (text.length > ROOM_LIMITS.textCharsMax) {
      return this.#refuse(ref, `Longer than ${ROOM_LIMITS.textCharsMax} characters.`);
    }
    this.#room.say(member, { ref, text });
  }

  #receiveEnvelope({ header, body }: { header: GuestHeader; body: Body }): void {
    const member = this.#seated();
    if (header.kind === "picture") return this.#showPicture(member, header, body);
    // Frames under way when the member stopped, or faster than anyone can watch, are nobody's mistake.
    if (member.live === null || !this.#frames.take(this.#now())) return;
    const type = pictureType(body);
    if (type === null || body.byteLength > ROOM_LIMITS.frameBytesMax) {
      throw new MalformedMessageError(`A frame is a picture of at most ${ROOM_LIMITS.frameBytesMax} bytes`);
    }
    this.#room.showFrame(member, { type, width: header.width, height: header.height, body });
  }

  #showPicture(member: SeatedMember, header: { ref: string; name: string }, body: Body): void {
    const { ref } = header;
    if (!this.#pictures.take(this.#now()))
      return this.#refuse(ref, "Too many pictures at once: wait a moment.");
    const type = pictureType(body);
    if (type === null) return this.#refuse(ref, "Not a PNG, JPEG, GIF, WebP or AVIF picture.");
    if (body.byteLength > ROOM_LIMITS.pictureBytesMax) {
      return this.#refuse(ref, `${body.byteLength} bytes, limit is ${ROOM_LIMITS.pictureBytesMax}.`);
    }
    const name = cleanLine(header.name, ROOM_LIMITS.pictureNameCharsMax) || "picture";
    this.#room.showPicture(member, { ref, name, type, body });
  }

  #seated(): SeatedMember {
    if (this.#state.as !== "member") throw new MalformedMessageError("Join first");
    return this.#state.member;
  }

  #refuse(ref: string | null, reason: string): void {
    // Answers to a flood would be a flood.
    if (!this.#refusals.take(this.#now())) return this.#end(1008, "Too many messages");
    tell(this.#seated(), { kind: "refused", ref, reason });
  }

  #end(code: number, reason: string): void {
    const wasHeard = this.#state.as === "member";
    this.leave();
    // A session ends when all that was sent has been taken, if only to be thrown away.
    if (!wasHeard) this.#listen();
    this.#session.close(code, reason);
  }
}

function textOf(data: unknown): string {
  if (typeof data !== "string") throw new MalformedMessageError("This stream carries text");
  return data;
}

function bytesOf(data: unknown): Body {
  if (data instanceof Uint8Array && data.buffer instanceof ArrayBuffer) return data as Body;
  throw new MalformedMessageError("This stream carries bytes");
}
