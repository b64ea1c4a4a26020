import type { BinaryType, MessageData } from "../interface/index.ts";

/** What a drop-in WebSocket runs on once it is open, or is about to be. */
export interface Line {
  readonly bufferedAmount: number;
  setBinaryType(binaryType: BinaryType): void;
  send(payload: string | Uint8Array | Blob): void;
  /** 1005 is no code at all. */
  close(code: number, reason: string): void;
  /** Ends it at once. */
  abort(): void;
}

/** How a connection ended. */
export interface LineEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** What it failed with, if it did. */
  readonly error?: unknown;
}

/** Whom a line tells. */
export interface LineOwner {
  handleOpen(details: { protocol: string; extensions: string }): void;
  handleMessage(data: MessageData): void;
  /** The other end closes. */
  handleClosing(): void;
  handleEnd(end: LineEnd): void;
}

/** A close event's code where none was given. */
export const noCode = 1005;
