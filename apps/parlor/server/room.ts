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
  PictureNoticeMessage,
  RoomMessage,
  SaidMessage,
} from "../shared/room-messages.ts";
import { type HistoryEntry, RoomHistory } from "./room-history.ts";

/** What the room needs of a member's session to speak to it. */
export interface MemberLine {
  readonly talk: MemberStream;
  readonly pictures: MemberStream;
  readonly live: MemberStream;
  /** Gives the session up: the page hears of a gap and comes back in another one. */
  drop(): void;
}

export interface MemberStream {
  readonly bufferedAmount: number;
  /** Throws if too much waits. */
  send(data: string | Uint8Array<ArrayBuffer>, options?: { key: string }): void;
}

/** A member as the room holds it. */
export interface SeatedMember extends Member {
  readonly line: MemberLine;
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

/** Everything said, shown and seen in one place. Who may send what, and how fast, is `RoomGuest`'s concern. */
export class Room {
  readonly #members = new Map<string, SeatedMember>();
  readonly #history = new RoomHistory();
  readonly #now: () => number;
  // Ids never repeat after a restart, as pages keep what they have seen and tell entries apart by id.
  readonly #idPrefix = randomBytes(6).toString("base64url");
  #idCount = 0;

  constructor(now: () => number = Date.now) {
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
  join(name: string, line: MemberLine): SeatedMember {
    const member: SeatedMember = { id: this.#nextId(), name: this.#uniqueName(name), live: null, line };
    this.#tellAll({ kind: "joined", member: facts(member) });
    this.#members.set(member.id, member);
    const members = Array.from(this.#members.values(), facts);
    tell(member, { kind: "welcome", you: member.id, members });
    for (const entry of this.#history.entries) give(member, entry);
    tell(member, { kind: "caught-up" });
    return member;
  }

  leave(member: SeatedMember): void {
    if (!this.#members.delete(member.id)) return;
    this.#tellAll({ kind: "left", member: author(member) });
  }

  say(member: SeatedMember, { ref, text }: { ref: string; text: string }): void {
    if (this.#repeat(member, ref)) return;
    const message: SaidMessage = { kind: "said", ...this.#entryFacts(member, ref), text };
    this.#addEntry({ ref, text: JSON.stringify(message), picture: null });
  }

  showPicture(member: SeatedMember, picture: ShownPicture): void {
    if (this.#repeat(member, picture.ref)) return;
    const { name, type, body, ref } = picture;
    const entry = this.#entryFacts(member, ref);
    const header: PictureHeader = { kind: "picture", ...entry, name, type };
    const notice: PictureNoticeMessage = {
      kind: "picture-coming",
      ...entry,
      name,
      byteLength: body.byteLength,
    };
    this.#addEntry({ ref, text: JSON.stringify(notice), picture: encodeEnvelope(header, body) });
  }

  startLive(member: SeatedMember, source: LiveSource): void {
    member.live = source;
    this.#tellAll({ kind: "live-started", id: member.id, source });
  }

  stopLive(member: SeatedMember): void {
    if (member.live === null) return;
    member.live = null;
    this.#tellAll({ kind: "live-stopped", id: member.id });
  }

  showFrame(member: SeatedMember, { type, width, height, body }: ShownFrame): void {
    const data = encodeEnvelope({ kind: "frame", from: member.id, type, width, height }, body);
    for (const viewer of this.#members.values()) {
      if (viewer.id === member.id || viewer.line.live.bufferedAmount > ROOM_LIMITS.frameBacklogBytesMax)
        continue;
      attempt(viewer, ({ live }) => live.send(data, { key: member.id }));
    }
  }

  #addEntry(entry: HistoryEntry): void {
    this.#history.add(entry);
    for (const member of this.#members.values()) give(member, entry);
  }

  /** A page says again what it does not know to have arrived: if it had, only that page hears of it. */
  #repeat(member: SeatedMember, ref: string): boolean {
    const known = this.#history.find(ref);
    if (known !== undefined) give(member, known);
    return known !== undefined;
  }

  #tellAll(message: RoomMessage): void {
    for (const member of this.#members.values()) tell(member, message);
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

export function tell(member: SeatedMember, message: RoomMessage): void {
  attempt(member, ({ talk }) => talk.send(JSON.stringify(message)));
}

/** An entry, and the picture that belongs to it unless the member's line is too slow for it. */
function give(member: SeatedMember, { text, picture }: HistoryEntry): void {
  attempt(member, ({ talk, pictures }) => {
    const isMissed = picture !== null && pictures.bufferedAmount > ROOM_LIMITS.pictureBacklogBytesMax;
    talk.send(isMissed ? asMissed(text) : text);
    if (picture !== null && !isMissed) pictures.send(picture);
  });
}

function asMissed(text: string): string {
  const notice: PictureNoticeMessage = {
    ...(JSON.parse(text) as PictureNoticeMessage),
    kind: "picture-missed",
  };
  return JSON.stringify(notice);
}

/** Who has let too much wait has lost something, and is told so by the loss of the session. */
function attempt({ line }: SeatedMember, action: (line: MemberLine) => void): void {
  try {
    action(line);
  } catch {
    line.drop();
  }
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
