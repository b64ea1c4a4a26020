import { randomBytes } from "node:crypto";
import { cleanLine } from "../shared/clean-text.ts";
import { encodeEnvelope } from "../shared/envelope.ts";
import type { PictureType } from "../shared/picture-type.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import type {
  Author,
  LiveSource,
  Member,
  PictureHeader,
  PictureMissedMessage,
  RoomMessage,
  SaidMessage,
} from "../shared/room-messages.ts";
import { RoomHistory } from "./room-history.ts";

/** What the room needs of a member's connection: any object with the standard interface and topics has it. */
export interface RoomSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
  subscribe(topic: string): unknown;
}
export interface RoomServer {
  publish(topic: string, data: string): unknown;
}

/** A member as the room holds it. */
export interface SeatedMember extends Member {
  readonly socket: RoomSocket;
}

export interface ShownPicture {
  ref: string;
  name: string;
  type: PictureType;
  body: Uint8Array<ArrayBuffer>;
}

export interface ShownFrame {
  type: PictureType;
  width: number;
  height: number;
  body: Uint8Array<ArrayBuffer>;
}

const TOPIC = "room";

/** Everything said, shown and seen in one place. Who may send what, and how fast, is `RoomGuest`'s concern. */
export class Room {
  readonly #members = new Map<string, SeatedMember>();
  readonly #history = new RoomHistory();
  readonly #server: RoomServer;
  readonly #now: () => number;
  // Ids never repeat after a restart, as pages keep what they have seen and tell entries apart by id.
  readonly #idPrefix = randomBytes(6).toString("base64url");
  #idCount = 0;

  constructor(server: RoomServer, now: () => number = Date.now) {
    this.#server = server;
    this.#now = now;
  }

  get isFull(): boolean {
    return this.#members.size >= ROOM_LIMITS.membersMax;
  }

  get livesCount(): number {
    let count = 0;
    for (const member of this.#members.values()) if (member.live !== null) count += 1;
    return count;
  }

  /** The newcomer gets who is here and what was said; all of it is sent in this turn, so nothing falls between. */
  join(name: string, socket: RoomSocket): SeatedMember {
    const member: SeatedMember = { id: this.#nextId(), name: this.#uniqueName(name), live: null, socket };
    this.#publish({ kind: "joined", member: facts(member) });
    this.#members.set(member.id, member);
    const members = Array.from(this.#members.values(), facts);
    send(socket, { kind: "welcome", you: member.id, members });
    for (const { data } of this.#history.entries) socket.send(data);
    send(socket, { kind: "caught-up" });
    socket.subscribe(TOPIC);
    return member;
  }

  leave(member: SeatedMember): void {
    if (!this.#members.delete(member.id)) return;
    this.#publish({ kind: "left", member: author(member) });
  }

  say(member: SeatedMember, { ref, text }: { ref: string; text: string }): void {
    if (this.#repeat(member, ref)) return;
    const message: SaidMessage = { kind: "said", ...this.#entryFacts(member, ref), text };
    const data = JSON.stringify(message);
    this.#history.add({ ref, data });
    this.#server.publish(TOPIC, data);
  }

  showPicture(member: SeatedMember, picture: ShownPicture): void {
    if (this.#repeat(member, picture.ref)) return;
    const { name, type, body } = picture;
    const entry = this.#entryFacts(member, picture.ref);
    const header: PictureHeader = { kind: "picture", ...entry, name, type };
    const data = encodeEnvelope(header, body);
    this.#history.add({ ref: picture.ref, data });
    const missed: PictureMissedMessage = {
      kind: "picture-missed",
      ...entry,
      name,
      byteLength: body.byteLength,
    };
    for (const { socket } of this.#members.values()) {
      if (socket.bufferedAmount > ROOM_LIMITS.pictureBacklogBytesMax) send(socket, missed);
      else socket.send(data);
    }
  }

  startLive(member: SeatedMember, source: LiveSource): void {
    member.live = source;
    this.#publish({ kind: "live-started", id: member.id, source });
  }

  stopLive(member: SeatedMember): void {
    if (member.live === null) return;
    member.live = null;
    this.#publish({ kind: "live-stopped", id: member.id });
  }

  /** To each on its own and not to the topic, as a topic would queue frames for whoever is slow. */
  showFrame(member: SeatedMember, { type, width, height, body }: ShownFrame): void {
    const data = encodeEnvelope({ kind: "frame", from: member.id, type, width, height }, body);
    for (const { id, socket } of this.#members.values()) {
      if (id !== member.id && socket.bufferedAmount <= ROOM_LIMITS.frameBacklogBytesMax) socket.send(data);
    }
  }

  /** A page says again what it does not know to have arrived: if it had, only that page hears of it. */
  #repeat(member: SeatedMember, ref: string): boolean {
    const known = this.#history.find(ref);
    if (known !== undefined) member.socket.send(known.data);
    return known !== undefined;
  }

  #publish(message: RoomMessage): void {
    this.#server.publish(TOPIC, JSON.stringify(message));
  }

  #entryFacts(member: SeatedMember, ref: string) {
    return { id: this.#nextId(), ref, from: author(member), at: this.#now() };
  }

  #nextId(): string {
    this.#idCount += 1;
    return `${this.#idPrefix}.${this.#idCount}`;
  }

  #uniqueName(wanted: string): string {
    const taken = new Set(Array.from(this.#members.values(), ({ name }) => comparable(name)));
    let name = wanted;
    for (let count = 2; taken.has(comparable(name)); count++) {
      const suffix = ` ${count}`;
      name = cleanLine(wanted, ROOM_LIMITS.nameCharsMax - suffix.length) + suffix;
    }
    return name;
  }
}

export function send(socket: RoomSocket, message: RoomMessage): void {
  socket.send(JSON.stringify(message));
}

// So that "ADA" and "Ａｄａ" do not pass for "Ada".
function comparable(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function facts({ id, name, live }: Member): Member {
  return { id, name, live };
}

function author({ id, name }: Member): Author {
  return { id, name };
}
