import type { PictureType } from "./picture-type.ts";

export type LiveSource = "camera" | "file";

export interface Member {
  id: string;
  name: string;
  /** What this member is showing live, if anything. */
  live: LiveSource | null;
}

export interface Author {
  id: string;
  name: string;
}

/** The answer at the door. */
export interface JoinMessage {
  kind: "join";
  name: string;
}

/** Text messages from a page to the room. */
export type GuestMessage =
  /** `ref` is the page's own name for what it says; it comes back with it, and saying it again does not repeat it. */
  | { kind: "say"; ref: string; text: string }
  | { kind: "live-start"; source: LiveSource }
  | { kind: "live-stop" }
  /** The page goes away for good; a page that only lost its network says nothing and keeps its place. */
  | { kind: "leave" };

/** Headers of binary messages from a page to the room; the body is the picture, or one image of the video. */
export type GuestHeader =
  | { kind: "picture"; ref: string; name: string }
  | { kind: "frame"; width: number; height: number };

interface EntryFacts {
  id: string;
  ref: string;
  from: Author;
  /** Milliseconds since 1970, by the server's clock. */
  at: number;
}
export interface SaidMessage extends EntryFacts {
  kind: "said";
  text: string;
}
export interface PictureHeader extends EntryFacts {
  kind: "picture";
  name: string;
  type: PictureType;
}
/** Where a picture belongs in the talk: it follows on its own stream, or was missed by a line too slow for it. */
export interface PictureNoticeMessage extends EntryFacts {
  kind: "picture-coming" | "picture-missed";
  name: string;
  byteLength: number;
}
export interface FrameHeader {
  kind: "frame";
  from: string;
  type: PictureType;
  width: number;
  height: number;
}

/** Text messages from the room to a page. After `welcome` come the latest entries, oldest first, then `caught-up`. */
export type RoomMessage =
  | { kind: "welcome"; you: string; members: Member[] }
  | { kind: "caught-up" }
  | { kind: "joined"; member: Member }
  | { kind: "left"; member: Author }
  | SaidMessage
  | PictureNoticeMessage
  | { kind: "live-started"; id: string; source: LiveSource }
  | { kind: "live-stopped"; id: string }
  /** What `ref` names, or the live video if it is null, was not taken. */
  | { kind: "refused"; ref: string | null; reason: string };

/** What the room says at the door of each new session: the page may have lost the one before. */
export interface DoorMessage {
  kind: "who";
}

/** Headers of binary messages from the room to a page. */
export type RoomHeader = PictureHeader | FrameHeader;
