import { WebSocket, type WebSocketConnection } from "../../../../src/websocket/index.ts";
import { DEMO_LIMITS } from "../../shared/line-demo.ts";
import { TokenBucket } from "../token-bucket.ts";

type Socket = WebSocketConnection | WebSocket;

/**
 * A stretch of network: what comes from the page goes on to the other end a while later, and back. It knows nothing of
 * what it carries. When it is cut, both its connections break off, and what is on the way is gone.
 */
export class Relay {
  readonly #page: WebSocketConnection;
  readonly #far: WebSocket;
  readonly #onEnd: (relay: Relay) => void;
  readonly #underWay = new Set<ReturnType<typeof setTimeout>>();
  readonly #frames = new TokenBucket(DEMO_LIMITS.frameRate, Date.now());

  constructor(page: WebSocketConnection, farUrl: string, onEnd: (relay: Relay) => void) {
    this.#page = page;
    this.#onEnd = onEnd;
    this.#far = new WebSocket(farUrl, page.protocol === "" ? [] : [page.protocol]);
    this.#far.binaryType = "nodebuffer";
  }

  /** Resolves when the other end is there: the page's messages wait for it. */
  start(): Promise<void> {
    this.#forward(this.#page, this.#far);
    this.#forward(this.#far, this.#page);
    return new Promise((resolve) => {
      this.#far.onopen = () => resolve();
      this.#far.onerror = () => this.cut();
      this.#page.onerror = () => this.cut();
    });
  }

  /** As when a cable is cut, but that both ends notice at once. */
  cut(): void {
    this.#end();
    this.#page.terminate();
    this.#far.terminate();
  }

  #forward(from: Socket, to: Socket): void {
    from.onmessage = ({ data }) => {
      if (from === this.#page && !this.#frames.take(Date.now())) return this.cut();
      this.#later(() => to.send(data));
    };
    from.onclose = ({ code, reason }) => {
      if (code < 3000 && code !== 1000) return this.cut();
      this.#later(() => {
        to.close(code, reason);
        this.#end();
      });
    };
  }

  /** Timers of the same length keep their order. */
  #later(action: () => void): void {
    const timer = setTimeout(() => {
      this.#underWay.delete(timer);
      action();
    }, DEMO_LIMITS.travelMs);
    this.#underWay.add(timer);
  }

  #end(): void {
    for (const timer of this.#underWay) clearTimeout(timer);
    this.#underWay.clear();
    this.#onEnd(this);
  }
}
