import type { Role } from "./role.ts";

/**
 * Where a connection stands between open and ended (RFC 6455 §7.1).
 *
 * - `open`: neither end has sent a Close frame.
 * - `sent`: we have, the peer has not.
 * - `exchanged`: both have; the connection will have closed cleanly.
 * - `failed`: a rule was broken or we gave up (§7.1.7); what the peer sends is of no more interest.
 * - `ended`: the transport is gone.
 */
export type CloseState = "open" | "sent" | "exchanged" | "failed" | "ended";

export type CloseEvent = "send-close" | "receive-close" | "fail" | "transport-end";

/**
 * What to do on an event.
 *
 * - `write-close`: send our Close frame after what was accepted before.
 * - `reply-close`: send a Close frame in answer, then go on as with `finish`.
 * - `write-failure`: send a Close frame with the failure's code ahead of all that waits, then end the transport.
 * - `abandon`: end the transport; our Close frame has been sent before, and nothing may follow it (§5.5.1).
 * - `finish`: a server ends the transport once all is written; a client waits for the server to (§7.1.1).
 * - `settle`: the transport is gone; tell the application.
 */
export type CloseAction =
  | "none"
  | "write-close"
  | "reply-close"
  | "write-failure"
  | "abandon"
  | "finish"
  | "settle";

interface Transition {
  readonly next: CloseState;
  readonly action: CloseAction;
}

const stay = (next: CloseState): Transition => ({ next, action: "none" });

const transitions: Readonly<Record<CloseState, Readonly<Record<CloseEvent, Transition>>>> = {
  open: {
    "send-close": { next: "sent", action: "write-close" },
    "receive-close": { next: "exchanged", action: "reply-close" },
    fail: { next: "failed", action: "write-failure" },
    "transport-end": { next: "ended", action: "settle" },
  },
  sent: {
    "send-close": stay("sent"),
    "receive-close": { next: "exchanged", action: "finish" },
    fail: { next: "failed", action: "abandon" },
    "transport-end": { next: "ended", action: "settle" },
  },
  exchanged: {
    "send-close": stay("exchanged"),
    "receive-close": stay("exchanged"),
    fail: stay("exchanged"),
    "transport-end": { next: "ended", action: "settle" },
  },
  failed: {
    "send-close": stay("failed"),
    "receive-close": stay("failed"),
    fail: stay("failed"),
    "transport-end": { next: "ended", action: "settle" },
  },
  ended: {
    "send-close": stay("ended"),
    "receive-close": stay("ended"),
    fail: stay("ended"),
    "transport-end": stay("ended"),
  },
};

/** The closing handshake of one connection: events in, actions out. */
export class CloseHandshake {
  #state: CloseState = "open";
  #isClean = false;

  get state(): CloseState {
    return this.#state;
  }

  /** Whether Close frames went both ways before the transport ended (RFC 6455 §7.1.4). */
  get isClean(): boolean {
    return this.#isClean;
  }

  handle(event: CloseEvent): CloseAction {
    const { next, action } = transitions[this.#state][event];
    this.#state = next;
    if (next === "exchanged") this.#isClean = true;
    return action;
  }
}

/** The server ends the transport first; a client that waits for it holds no TIME_WAIT against the server (§7.1.1). */
export function endsTransportFirst(role: Role): boolean {
  return role === "server";
}
