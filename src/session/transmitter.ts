import { BulkWindow } from "./bulk-window.ts";
import { writeControl } from "./control-frame.ts";
import type { Link } from "./link.ts";
import { fragmentBytesMax, nothing } from "./send-stream.ts";
import { sessionDefaults } from "./session-defaults.ts";
import type { SessionStream } from "./session-stream.ts";

/** What the transmitter asks of the session. */
export interface TransmitterOwner {
  now(): number;
  /** What the next data frame may say of stream 0 of the other direction; -1 for nothing. */
  readonly handledToSay: number;
  /** It said so. */
  noteHandledSaid(): void;
  /** Gives a stream its number and credit before its first use. */
  number(stream: SessionStream): void;
}

const linkBytesMax = sessionDefaults.linkBufferedBytesMax;

/**
 * Whose frame goes next: interactive streams before bulk ones, in turns among equals, and only what the link takes, so
 * that what comes later can still overtake.
 */
export class Transmitter {
  readonly #owner: TransmitterOwner;
  readonly #interactive: SessionStream[] = [];
  readonly #bulk: SessionStream[] = [];
  #bulkWindow: BulkWindow | undefined;
  /** No message gets a number any more: the server goes away. */
  isHoldingNew = false;
  /** The link has its fill, and will say when it has not. */
  isWaitingForLink = false;

  constructor(owner: TransmitterOwner) {
    this.#owner = owner;
  }

  /** There is something to transmit on this stream, or credit for it. */
  add(stream: SessionStream): void {
    if (stream.isQueued || !stream.sending.hasWork) return;
    stream.isQueued = true;
    (stream.priority === "bulk" ? this.#bulk : this.#interactive).push(stream);
  }

  /** Another link: what was under way on the one before does not count, nor what was said there. */
  startLink(): void {
    this.#bulkWindow = undefined;
    this.isHoldingNew = false;
    this.isWaitingForLink = false;
  }

  /** The peer has received bulk. */
  acknowledgeBulk(bytes: number): void {
    this.#bulkWindow?.acknowledged(bytes, this.#owner.now());
  }

  /** Transmits until nothing can be, or the link has enough. */
  pump(link: Link): void {
    this.isWaitingForLink = false;
    while (this.#interactive.length > 0 || (this.#bulk.length > 0 && this.#isBulkOpen())) {
      if (link.bufferedAmount > linkBytesMax) {
        this.isWaitingForLink = true;
        return;
      }
      const list = this.#interactive.length > 0 ? this.#interactive : this.#bulk;
      this.#transmitFirst(list, link);
    }
  }

  #isBulkOpen(): boolean {
    return this.#bulkWindow?.isOpen ?? true;
  }

  #transmitFirst(list: SessionStream[], link: Link): void {
    const stream = list[0]!;
    const { sending } = stream;
    this.#name(stream, link);
    const handled = this.#owner.handledToSay;
    const bytes = sending.transmit(link, handled, !this.isHoldingNew);
    if (bytes === nothing || !sending.hasWork) {
      stream.isQueued = false;
      // `shift` would make a list of one anew.
      if (list.length === 1) list.pop();
      else list.shift();
    } else if (list.length > 1) {
      list.push(list.shift()!);
    }
    if (bytes === nothing) return;
    if (handled !== -1) this.#owner.noteHandledSaid();
    if (stream.priority === "bulk") this.#noteBulk(bytes);
  }

  #name(stream: SessionStream, link: Link): void {
    const { sending, name, kind, priority } = stream;
    if (sending.isNamed || name === "") return;
    this.#owner.number(stream);
    sending.isNamed = true;
    link.sendText(writeControl("stream", { stream: sending.id, name, kind, priority }));
  }

  #noteBulk(bytes: number): void {
    this.#bulkWindow ??= new BulkWindow(fragmentBytesMax);
    this.#bulkWindow.sent(bytes, this.#owner.now());
  }
}
