import { engineOf, type WebSocketConnection } from "./connection.ts";

/** Beats for all connections of a server (or the one of a client) at once, so that an idle connection costs no timer. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout | undefined;

  /** `sockets` is read at each beat. An interval of 0 never beats. */
  constructor(intervalMs: number, sockets: Iterable<WebSocketConnection>) {
    if (intervalMs === 0) return;
    this.#timer = setInterval(() => {
      for (const socket of sockets) engineOf(socket)?.beat(intervalMs);
    }, intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
