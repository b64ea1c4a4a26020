import { type SessionEventMap, SocketEvent } from "../interface/index.ts";
import type { ClientState, StateReason } from "../session/index.ts";

/** The line has come or gone; the connection stays OPEN meanwhile. */
export class StateEvent extends SocketEvent {
  readonly state: ClientState;
  /** Why, and when the next attempt begins, if one is planned. */
  readonly reason: StateReason;

  constructor(target: EventTarget, state: ClientState, reason: StateReason) {
    super("statechange", target);
    this.state = state;
    this.reason = reason;
  }
}

/** The events of a client's connection by their names. */
export interface ConnectionEventMap extends SessionEventMap {
  statechange: StateEvent;
}
