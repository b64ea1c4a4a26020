import { lineStateOf, type LineState } from "../connection/line-state.ts";

export interface ReconnectingSocketEvents {
  onState(state: LineState): void;
  onMessage(data: unknown): void;
}

/** The first pause before connecting again doubles up to the longest, as those of a session do. */
export const RETRY = { firstMs: 300, mostMs: 3000 } as const;

/**
 * The browser's own WebSocket in the loop that is usually written around it: when it closes, another one is opened a while
 * later. What it has lost, nobody knows, and what is sent while it is closed is not sent.
 */
export class ReconnectingSocket {
  readonly #url: string;
  readonly #events: ReconnectingSocketEvents;
  #socket: WebSocket | null = null;
  #pauseMs: number = RETRY.firstMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, events: ReconnectingSocketEvents) {
    this.#url = url;
    this.#events = events;
    this.#open();
  }

  send(data: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  retryNow(): void {
    if (this.#socket === null) this.#open();
  }

  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #open(): void {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#pauseMs = RETRY.firstMs;
      this.#events.onState(lineStateOf({ state: "connected", reason: { text: "" } }));
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#events.onMessage(data);
    socket.onclose = ({ code }) => this.#retryLater(code);
  }

  #retryLater(code: number): void {
    this.#socket = null;
    // Spread as a session's are, so that both lines have the same chances.
    const retryInMs = this.#pauseMs * Math.random();
    this.#pauseMs = Math.min(RETRY.mostMs, 2 * this.#pauseMs);
    this.#timer = setTimeout(() => this.#open(), retryInMs);
    this.#events.onState(lineStateOf({ state: "suspended", reason: { code, text: "", retryInMs } }));
  }
}
