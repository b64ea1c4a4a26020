import { type EventHandler, SessionConnection } from "../interface/index.ts";
import type { ClientState } from "../session/index.ts";
import { ClientCore } from "./client-core.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { ConnectionEventMap, StateEvent } from "./state-event.ts";

/** Makes a connection and begins to connect. */
export let openConnection: (url: string, options: ConnectOptions) => Connection;

/**
 * A connection to a server that outlives its network: the WHATWG `WebSocket` interface, on a session that goes on by
 * another link when the one before is lost. `readyState` stays OPEN meanwhile; `state` tells of the line.
 *
 * `Contract` is the type of what the server offers.
 */
export class Connection<_Contract = unknown> extends SessionConnection<ConnectionEventMap> {
  readonly #core: ClientCore;

  protected constructor(core: ClientCore) {
    super(core);
    this.#core = core;
  }

  /** "connecting" until first connected; "suspended" while the session waits for another link. */
  get state(): ClientState {
    return this.#core.client.state;
  }

  /**
   * Tries now instead of when the next attempt is due. A line that is up is asked whether it is alive, and another one
   * is opened beside it: whichever answers first serves. For when something tells that the network has changed; what
   * browsers tell is heard without it.
   */
  retryNow(): void {
    this.#core.client.suspectLink();
  }

  get onstatechange(): EventHandler<StateEvent> {
    return this.getAttribute("statechange");
  }

  set onstatechange(handler: EventHandler<StateEvent>) {
    this.setAttribute("statechange", handler);
  }

  static {
    openConnection = (url, options) => {
      const core = new ClientCore(url, options);
      const connection = new Connection(core);
      core.client.start();
      return connection;
    };
  }
}
