import { formatAck } from "./ack.ts";
import type { Link } from "./link.ts";
import { sessionDefaults } from "./session-defaults.ts";
import type { SessionStream } from "./session-stream.ts";

const ackDelayMs = sessionDefaults.ackDelayMs;
const never = Number.POSITIVE_INFINITY;
/** The number of a receiver that keeps what is left of a session before, until the other end names its stream again. */
export const nameless = -1;

/** What the acknowledger asks of the session. */
export interface AcknowledgerOwner {
  readonly link: Link | undefined;
  now(): number;
  wakeAt(timeMs: number): void;
}

/**
 * Says what was received, begun and handled, and gives credit: at once where the other end could have to wait for it,
 * otherwise a little later, when a message may carry it.
 */
export class Acknowledger {
  readonly #owner: AcknowledgerOwner;
  /** When what is due is sent. */
  deadline = never;
  /** Streams that got less credit than their window, as the memory of the session is used up. */
  #starving: Set<SessionStream> | undefined;

  constructor(owner: AcknowledgerOwner) {
    this.#owner = owner;
  }

  /** Something of this stream is to be acknowledged. */
  note(stream: SessionStream): void {
    const receiving = stream.receiving!;
    stream.isAckDue = true;
    if (receiving.isCreditDue || receiving.lackingBytes > 0) return this.send(stream);
    if (this.deadline !== never) return;
    this.deadline = this.#owner.now() + ackDelayMs;
    this.#owner.wakeAt(this.deadline);
  }

  send(stream: SessionStream): void {
    const receiving = stream.receiving!;
    if (!receiving.grant()) (this.#starving ??= new Set()).add(stream);
    const { link } = this.#owner;
    // Without a link it stays due: a resume that is under way may have said less.
    stream.isAckDue = link === undefined;
    if (link === undefined || receiving.id === nameless) return;
    link.sendText(formatAck(receiving.id, receiving.ack));
  }

  /** Sends all that is due. */
  sendDue(streams: Iterable<SessionStream>): void {
    this.deadline = never;
    for (const stream of streams) if (stream.isAckDue) this.send(stream);
  }

  /** Memory may have been given back: streams that had to go without get their credit. */
  feedStarving(): void {
    if (this.#starving === undefined) return;
    for (const stream of this.#starving) {
      const receiving = stream.receiving!;
      const { bytesMax } = receiving.ack;
      if (receiving.grantBytes()) this.#starving.delete(stream);
      if (receiving.ack.bytesMax > bytesMax) this.send(stream);
    }
    if (this.#starving.size === 0) this.#starving = undefined;
  }

  /** Another session follows. */
  renew(): void {
    this.deadline = never;
    this.#starving = undefined;
  }
}
