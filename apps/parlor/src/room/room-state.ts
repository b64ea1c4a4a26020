import type {
  Author,
  Member,
  PictureHeader,
  PictureNoticeMessage,
  RoomMessage,
  SaidMessage,
} from "../../shared/room-messages.ts";
import { firstLineState, type LineState } from "../connection/line-state.ts";

/** What the page itself said and does not have back from the room. */
export type Fate =
  /** Under way, or waiting for the line. */
  | { as: "sending" }
  /** The server was lost before the room repeated it: it may have been heard or not. */
  | { as: "unsure" }
  | { as: "refused"; reason: string };

export type OwnContent =
  | { kind: "said"; text: string }
  /** The same picture twice: to show it and to send it. */
  | { kind: "picture"; name: string; blob: Blob; bytes: Uint8Array<ArrayBuffer> };

export type Entry =
  | SaidMessage
  | (PictureHeader & { blob: Blob })
  | PictureNoticeMessage
  | { kind: "own"; id: string; ref: string; at: number; content: OwnContent; fate: Fate }
  | { kind: "came" | "went"; id: string; at: number; who: Author };

export interface RoomState {
  line: LineState;
  /** The page's own member id, once the room has answered. */
  you: string | null;
  /** Every member id that this page has had: in each session it is another. */
  yourIds: readonly string[];
  members: readonly Member[];
  entries: readonly Entry[];
  /** False while the latest entries are being replayed: nothing of that is news. */
  caughtUp: boolean;
  /** Why the room did not take the live video, or null. */
  liveRefusal: string | null;
}

export type RoomEvent =
  | { kind: "line"; state: LineState }
  | { kind: "message"; message: RoomMessage; at: number }
  | { kind: "picture"; header: PictureHeader; blob: Blob }
  /** The room does not know this page yet, or not any more. */
  | { kind: "new-session" }
  | { kind: "own"; ref: string; at: number; content: OwnContent }
  /** Of entries of the page's own that the room has not repeated. */
  | { kind: "fate"; refs: readonly string[]; fate: Fate }
  | { kind: "discard"; ref: string };

/** Entries that a page keeps; the oldest go first. */
export const ENTRIES_MAX = 500;
const YOUR_IDS_MAX = 100;

export const initialRoomState: RoomState = {
  line: firstLineState,
  you: null,
  yourIds: [],
  members: [],
  entries: [],
  caughtUp: false,
  liveRefusal: null,
};

export function reduceRoom(state: RoomState, event: RoomEvent): RoomState {
  switch (event.kind) {
    case "line":
      return reduceLine(state, event.state);
    case "new-session":
      return { ...state, you: null, members: [], caughtUp: false, liveRefusal: null };
    case "message":
      return reduceMessage(state, event.message, event.at);
    case "picture":
      return withEntry(state, { ...event.header, blob: event.blob });
    case "own": {
      const { ref, at, content } = event;
      const own = { kind: "own", id: `own-${ref}`, ref, at, content } as const;
      return withEntry(state, { ...own, fate: { as: "sending" } });
    }
    case "fate":
      return withFate(state, event.refs, event.fate);
    case "discard":
      return { ...state, entries: state.entries.filter((entry) => !isOwn(entry, event.ref)) };
  }
}

/** A session goes on without its line; when it is over, so is everything but what was said. */
function reduceLine(state: RoomState, line: LineState): RoomState {
  if (line.phase !== "closed") return { ...state, line };
  const pending = state.entries.flatMap((entry) =>
    entry.kind === "own" && entry.fate.as === "sending" ? [entry.ref] : [],
  );
  const over = { ...state, line, you: null, members: [], caughtUp: false, liveRefusal: null };
  return withFate(over, pending, { as: "unsure" });
}

function reduceMessage(state: RoomState, message: RoomMessage, at: number): RoomState {
  switch (message.kind) {
    case "welcome":
      return {
        ...state,
        you: message.you,
        yourIds: [...state.yourIds, message.you].slice(-YOUR_IDS_MAX),
        members: message.members,
      };
    case "caught-up":
      return { ...state, caughtUp: true };
    case "joined": {
      const { member } = message;
      const came: Entry = { kind: "came", id: `came-${member.id}`, at, who: member };
      return withEntry({ ...state, members: [...state.members, member] }, came);
    }
    case "left": {
      const { member } = message;
      const went: Entry = { kind: "went", id: `went-${member.id}`, at, who: member };
      return withEntry({ ...state, members: state.members.filter(({ id }) => id !== member.id) }, went);
    }
    case "said":
    case "picture-coming":
    case "picture-missed":
      return withEntry(state, message);
    case "live-started":
      return withLive(state, message.id, message.source);
    case "live-stopped":
      return withLive(state, message.id, null);
    case "refused":
      if (message.ref === null) return { ...state, liveRefusal: message.reason };
      return withFate(state, [message.ref], { as: "refused", reason: message.reason });
    default:
      return state;
  }
}

/**
 * An entry of the room takes the place of the page's own under the same ref, and a picture that of the notice that stood
 * for it; the page's own picture is shown until the room's is there. What is replayed, or was said again and had arrived before a server was lost, changes nothing.
 */
function withEntry(state: RoomState, entry: Entry): RoomState {
  const same = state.entries.find((other) => isSame(other, entry));
  if (same === undefined) return { ...state, entries: [...state.entries, entry].slice(-ENTRIES_MAX) };
  if (same.kind === "own") {
    if (entry.kind === "picture-coming") return state;
    const others = state.entries.filter((other) => other !== same);
    return { ...state, entries: [...others, entry] };
  }
  if (!isNotice(same) || entry.kind === "said" || same.kind === entry.kind) return state;
  return { ...state, entries: state.entries.map((other) => (other === same ? entry : other)) };
}

function isNotice({ kind }: Entry): boolean {
  return kind === "picture-coming" || kind === "picture-missed";
}

function isSame(one: Entry, other: Entry): boolean {
  return "ref" in one && "ref" in other ? one.ref === other.ref : one.id === other.id;
}

function withFate(state: RoomState, refs: readonly string[], fate: Fate): RoomState {
  const entries = state.entries.map((entry) =>
    entry.kind === "own" && refs.includes(entry.ref) ? { ...entry, fate } : entry,
  );
  return { ...state, entries };
}

function withLive(state: RoomState, id: string, live: Member["live"]): RoomState {
  const members = state.members.map((member) => (member.id === id ? { ...member, live } : member));
  return { ...state, members, liveRefusal: id === state.you ? null : state.liveRefusal };
}

function isOwn(entry: Entry, ref: string): boolean {
  return entry.kind === "own" && entry.ref === ref;
}
