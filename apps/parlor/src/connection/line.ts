import { isFinal, type LineEnd } from "./line-end.ts";

export type LineState =
  /** `after` is how it ended last time; null for the first try. */
  | { phase: "connecting"; after: LineEnd | null }
  | { phase: "open" }
  /** Down; the next try is at `retryAtMs` by `Date.now()`. */
  | { phase: "waiting"; end: LineEnd; retryAtMs: number }
  /** Down, and trying again by itself would not help. */
  | { phase: "stopped"; end: LineEnd };

export interface LineEvents {
  onState(state: LineState): void;
  onText(text: string): void;
  onBytes(bytes: Uint8Array<ArrayBuffer>): void;
}

export const LINE_TIMES = {
  retryFirstMs: 500,
  retryMaxMs: 15_000,
  connectMs: 10_000,
  /** A line that is quiet this long is asked for an answer. */
  quietMs: 15_000,
  answerMs: 15_000,
} as const;

const BROKE_OFF = 1006;

/**
 * A browser's `WebSocket` that comes back after it breaks off, with a growing delay. It sends nothing by itself and
 * keeps nothing: what could not be sent is the caller's to keep.
 */
export class Line {
  readonly #url: string;
  readonly #probe: string;
  readonly #events: LineEvents;
  readonly #random: () => number;
  #socket: WebSocket | null = null;
  #state: LineState = { phase: "connecting", after: null };
  #failures = 0;
  /** One clock for every phase: the connect timeout, the wait for the next try, or the watch over an open line. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAtMs = 0;

  /** `probe` is a message that the other end answers; any answer shows that the line is alive. */
  constructor(
    { url, probe, random = Math.random }: { url: string; probe: string; random?: () => number },
    events: LineEvents,
  ) {
    this.#url = url;
    this.#probe = probe;
    this.#events = events;
    this.#random = random;
    this.#connect();
  }

  get state(): LineState {
    return this.#state;
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** False if the line is not open: nothing was taken. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#state.phase !== "open" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  retryNow(): void {
    if (this.#state.phase !== "waiting" && this.#state.phase !== "stopped") return;
    this.#failures = 0;
    this.#connect();
  }

  /** Asks for an answer at once, as after the machine slept: a dead line shows itself sooner. */
  check(): void {
    if (this.#state.phase === "open") this.#ask();
    else if (this.#state.phase === "waiting") this.retryNow();
  }

  close(): void {
    this.#release()?.close(1000);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#heardAtMs = Date.now();
      // An open line alone does not count as a success: a server may close it with its first word.
      this.#failures = 0;
      if (typeof data === "string") this.#events.onText(data);
      else this.#events.onBytes(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => this.#ended({ code, reason });
    this.#setTimer(LINE_TIMES.connectMs, () => this.#giveUp("No answer from the server."));
    const after = "end" in this.#state ? this.#state.end : null;
    this.#setState({ phase: "connecting", after });
  }

  #opened(): void {
    this.#heardAtMs = Date.now();
    this.#watch();
    this.#setState({ phase: "open" });
  }

  #watch(): void {
    this.#setTimer(LINE_TIMES.quietMs, () => {
      if (Date.now() - this.#heardAtMs < LINE_TIMES.quietMs) this.#watch();
      else this.#ask();
    });
  }

  #ask(): void {
    const askedAtMs = Date.now();
    this.send(this.#probe);
    this.#setTimer(LINE_TIMES.answerMs, () => {
      // While something is still on its way out, the answer cannot be here: the network reports that failure itself.
      if (this.#heardAtMs >= askedAtMs || this.bufferedAmount > 0) this.#watch();
      else this.#giveUp("No sign of life.");
    });
  }

  /** The closing handshake of a dead line would take the browser a long time, so nobody waits for it. */
  #giveUp(reason: string): void {
    const socket = this.#release();
    socket?.close();
    this.#ended({ code: BROKE_OFF, reason });
  }

  #ended(end: LineEnd): void {
    this.#release();
    if (isFinal(end)) return this.#setState({ phase: "stopped", end });
    const delayMs = Math.min(LINE_TIMES.retryMaxMs, LINE_TIMES.retryFirstMs * 2 ** this.#failures);
    // Spread over half of the delay, so that all pages do not come back in the same moment.
    const jitteredMs = delayMs * (0.75 + 0.5 * this.#random());
    this.#failures += 1;
    this.#setTimer(jitteredMs, () => this.#connect());
    this.#setState({ phase: "waiting", end, retryAtMs: Date.now() + jitteredMs });
  }

  #release(): WebSocket | null {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  #setTimer(delayMs: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delayMs);
  }

  #setState(state: LineState): void {
    this.#state = state;
    this.#events.onState(state);
  }
}
