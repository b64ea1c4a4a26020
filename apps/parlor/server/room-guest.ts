import { cleanLine, cleanText } from "../shared/clean-text.ts";
import { pictureType } from "../shared/picture-type.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import type { GuestHeader, GuestMessage } from "../shared/room-messages.ts";
import { MalformedMessageError, parseGuestEnvelope, parseGuestMessage } from "./parse-guest-message.ts";
import { type Room, type RoomSocket, type SeatedMember, send } from "./room.ts";
import { TokenBucket } from "./token-bucket.ts";

type Body = Uint8Array<ArrayBuffer>;

/**
 * One connection to the room: checks and paces everything that comes in, whatever it is. Hand every message to `receive`
 * and the end of the connection to `leave`.
 */
export class RoomGuest {
  readonly #room: Room;
  readonly #socket: RoomSocket;
  readonly #now: () => number;
  readonly #commands: TokenBucket;
  readonly #pictures: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #refusals: TokenBucket;
  readonly #joinTimer: ReturnType<typeof setTimeout>;
  #state: { as: "newcomer" } | { as: "member"; member: SeatedMember } | { as: "gone" } = { as: "newcomer" };

  constructor(room: Room, socket: RoomSocket, now: () => number = Date.now) {
    this.#room = room;
    this.#socket = socket;
    this.#now = now;
    this.#commands = new TokenBucket(ROOM_LIMITS.commandRate, now());
    this.#pictures = new TokenBucket(ROOM_LIMITS.pictureRate, now());
    this.#frames = new TokenBucket(ROOM_LIMITS.frameRate, now());
    this.#refusals = new TokenBucket(ROOM_LIMITS.refusalRate, now());
    this.#joinTimer = setTimeout(() => this.#end(1008, "Nobody joined in time"), ROOM_LIMITS.joinTimeoutMs);
    this.#joinTimer.unref();
  }

  receive(data: unknown): void {
    if (this.#state.as === "gone") return;
    try {
      if (typeof data === "string") {
        this.#receiveMessage(parseGuestMessage(data));
      } else if (data instanceof Uint8Array && data.buffer instanceof ArrayBuffer) {
        const { header, body } = parseGuestEnvelope(data as Body);
        this.#receiveEnvelope(header, body);
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.#end(1008, error.message);
    }
  }

  leave(): void {
    clearTimeout(this.#joinTimer);
    if (this.#state.as === "member") this.#room.leave(this.#state.member);
    this.#state = { as: "gone" };
  }

  #receiveMessage(message: GuestMessage): void {
    const ref = message.kind === "say" ? message.ref : null;
    if (!this.#commands.take(this.#now())) return this.#refuse(ref, "Too much at once: wait a moment.");
    if (message.kind === "join") return this.#join(message.name);
    if (message.kind === "ping") return send(this.#socket, { kind: "pong" });
    const member = this.#seated();
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
    this.#state = { as: "member", member: this.#room.join(name, this.#socket) };
  }

  #say(member: SeatedMember, { ref, text: raw }: { ref: string; text: string }): void {
    const text = cleanText(raw);
    if (text === "") return this.#refuse(ref, "Nothing to read in it.");
    if (text.length > ROOM_LIMITS.textCharsMax) {
      return this.#refuse(ref, `Longer than ${ROOM_LIMITS.textCharsMax} characters.`);
    }
    this.#room.say(member, { ref, text });
  }

  #receiveEnvelope(header: GuestHeader, body: Body): void {
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
    send(this.#socket, { kind: "refused", ref, reason });
  }

  #end(code: number, reason: string): void {
    this.leave();
    this.#socket.close(code, reason);
  }
}
