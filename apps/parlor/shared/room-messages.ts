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

/** Text messages from a page to the room. */
export type GuestMessage =
  | { kind: "join"; name: string }
  /** `ref` is the page's own name for what it says; it comes back with it, and saying it again does not repeat it. */
  | { kind: "say"; ref: string; text: string }
  | { kind: "live-start"; source: LiveSource }
  | { kind: "live-stop" }
  | { kind: "ping" };

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
/** A picture that this member's line was too slow for. */
export interface PictureMissedMessage extends EntryFacts {
  kind: "picture-missed";
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
  | PictureMissedMessage
  | { kind: "live-started"; id: string; source: LiveSource }
  | { kind: "live-stopped"; id: string }
  /** What `ref` names, or the live video if it is null, was not taken. */
  | { kind: "refused"; ref: string | null; reason: string }
  | { kind: "pong" };

/** Headers of binary messages from the room to a page. */
export type RoomHeader = PictureHeader | FrameHeader;
