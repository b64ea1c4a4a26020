import { type Connection, connect } from "../../../../src/client/index.ts";
import {
  DEMO_LIMITS,
  type DemoLine,
  type DemoNews,
  type DemoOrder,
  type DemoReport,
  REPORTS,
} from "../../shared/line-demo.ts";
import { SESSION_PATHS } from "../../shared/session-paths.ts";
import { Tally } from "../../shared/tally.ts";
import { lineStateOf } from "../connection/line-state.ts";
import { type DemoState, initialDemoState, withLine, withReport } from "./demo-state.ts";
import { ReconnectingSocket, RETRY } from "./reconnecting-socket.ts";

/** Both lines of a visit, and what has come on them. */
interface Lines {
  readonly session: Connection;
  readonly plain: ReconnectingSocket;
}

/** A page that was held up for longer than this has slept, and does not make up for it. */
const CATCH_UP_MS_MAX = 2000;

/**
 * The page's end of the demonstration: sends the same numbered messages on a session and on a plain WebSocket, counts what
 * comes, and directs the network that both run through.
 */
export class DemoClient {
  readonly #listeners = new Set<() => void>();
  readonly #page = new AbortController();
  readonly #director: Connection;
  readonly #beat: ReturnType<typeof setInterval>;
  #lines: Lines | null = null;
  #nextAtMs = 0;
  #isTellDue = false;
  #state: DemoState = initialDemoState;

  constructor() {
    addEventListener("pagehide", ({ persisted }) => persisted || this.order({ kind: "leave" }), this.#page);
    document.addEventListener("visibilitychange", () => this.#tellRunning(), this.#page);
    this.#director = this.#openDirector();
    this.#beat = setInterval(() => this.#count(), DEMO_LIMITS.beatMs / 4);
  }

  get state(): DemoState {
    return this.#state;
  }

  /** Calls back after each change of `state`; returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  order(order: DemoOrder): void {
    this.#director.send(JSON.stringify(order));
  }

  run(isRunning: boolean): void {
    this.#set({ ...this.#state, isRunning });
    this.#tellRunning();
  }

  /** Both lines try now. */
  retryNow(): void {
    this.#director.retryNow();
    this.#lines?.session.retryNow();
    this.#lines?.plain.retryNow();
  }

  close(): void {
    this.#page.abort();
    clearInterval(this.#beat);
    this.#closeLines();
    this.order({ kind: "leave" });
    this.#director.close(1000);
    this.#listeners.clear();
  }

  #openDirector(): Connection {
    const director = connect(SESSION_PATHS.demo);
    director.onstatechange = (event) => this.#set({ ...this.#state, director: lineStateOf(event) });
    director.onmessage = ({ data }) => this.#hear(JSON.parse(data as string) as DemoNews);
    director.stream(REPORTS.name, REPORTS.options).onmessage = ({ data }) =>
      this.#set(withReport(this.#state, JSON.parse(data as string) as DemoReport));
    return director;
  }

  #hear(news: DemoNews): void {
    if (news.kind === "visit") this.#begin(news.id);
    else this.#set({ ...this.#state, network: news.network });
  }

  /** Another visit is another network and another person at its end: all counts begin anew. */
  #begin(visit: string): void {
    this.#closeLines();
    const { director } = this.#state;
    this.#set({ ...initialDemoState, director });
    const url = new URL(`/line?visit=${visit}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#lines = { session: this.#openSession(url.href), plain: this.#openPlain(url.href) };
    this.#tellRunning();
  }

  #openSession(url: string): Connection {
    const session = connect(url, { retryDelayMsMin: RETRY.firstMs, retryDelayMsMax: RETRY.mostMs });
    const tally = new Tally();
    session.onstatechange = (event) => this.#setLine("session", { state: lineStateOf(event) });
    session.onmessage = ({ data }) => {
      tally.receive(data);
      this.#setLine("session", { here: tally.counts });
    };
    return session;
  }

  #openPlain(url: string): ReconnectingSocket {
    const tally = new Tally();
    return new ReconnectingSocket(url, {
      onState: (state) => this.#setLine("plain", { state }),
      onMessage: (data) => {
        tally.receive(data);
        this.#setLine("plain", { here: tally.counts });
      },
    });
  }

  /** Counts as time goes, though a busy page hears of it late; the first number when both lines are there. */
  #count(): void {
    const nowMs = performance.now();
    const { sentHere, isRunning, lines } = this.#state;
    const isReady = sentHere > 0 || Object.values(lines).every(({ state }) => state.phase === "connected");
    const isLost = nowMs - this.#nextAtMs > CATCH_UP_MS_MAX;
    if (!isReady || !isRunning || isLost || document.hidden) this.#nextAtMs = nowMs + DEMO_LIMITS.beatMs;
    for (; nowMs >= this.#nextAtMs; this.#nextAtMs += DEMO_LIMITS.beatMs) this.#sendNext();
  }

  /** The next number, on both lines alike. */
  #sendNext(): void {
    const number = this.#state.sentHere + 1;
    if (this.#lines === null || this.#state.isOver) return;
    this.#lines.session.send(`${number}`);
    this.#lines.plain.send(`${number}`);
    this.#set({ ...this.#state, sentHere: number, isOver: number >= DEMO_LIMITS.messagesMax });
  }

  #tellRunning(): void {
    this.order({ kind: "run", isRunning: this.#state.isRunning && !document.hidden });
  }

  #closeLines(): void {
    const lines = this.#lines;
    this.#lines = null;
    if (lines === null) return;
    lines.session.onstatechange = lines.session.onmessage = null;
    // At once: its network goes with it, so there is nobody to agree with.
    lines.session.terminate();
    lines.plain.close();
  }

  #setLine(line: DemoLine, facts: Parameters<typeof withLine>[2]): void {
    this.#set(withLine(this.#state, line, facts));
  }

  /** Told once for all that happens before the page is drawn again. */
  #set(state: DemoState): void {
    this.#state = state;
    if (this.#isTellDue) return;
    this.#isTellDue = true;
    requestAnimationFrame(() => {
      this.#isTellDue = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
