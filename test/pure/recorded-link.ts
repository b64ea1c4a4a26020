import type { Link } from "../../src/session/index.ts";

/** A transport connection that keeps what it is given. */
export class RecordedLink implements Link {
  readonly number: number;
  /** What was sent and not yet taken. */
  #sent: (string | Uint8Array)[] = [];
  readonly #note: (what: LinkOutput) => void;
  bufferedAmount = 0;
  closedWith: number | undefined;

  constructor(number = 1, note: (what: LinkOutput) => void = () => {}) {
    this.number = number;
    this.#note = note;
  }

  sendText(frame: string): void {
    this.#sent.push(frame);
    this.#note({ send: frame, link: this.number });
  }

  sendBinary(frame: Uint8Array): void {
    this.#sent.push(frame);
    this.#note({ sendBinary: toHex(frame), link: this.number });
  }

  close(code: number): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = code;
    this.#note({ event: "linkClosed", code, link: this.number });
  }

  /** The frames since the last call, binary ones as text. */
  take(): string[] {
    return this.takeFrames().map((frame) => (typeof frame === "string" ? frame : toBinaryText(frame)));
  }

  /** The frames since the last call. */
  takeFrames(): (string | Uint8Array)[] {
    const frames = this.#sent;
    this.#sent = [];
    return frames;
  }
}

export type LinkOutput =
  | { send: string; link: number }
  | { sendBinary: string; link: number }
  | { event: "linkClosed"; code: number; link: number };

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Each byte as the character of its number. */
function toBinaryText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The bytes of a text of ASCII. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
