import { DEMO_LIMITS, type DemoLine, type DemoReport } from "../../shared/line-demo.ts";
import { Tally } from "../../shared/tally.ts";

/** What the partner needs of a connection: a session and a plain WebSocket have it. */
export interface PartnerSocket {
  readonly readyState: number;
  send(data: string): void;
  terminate(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

const OPEN = 1;

/** Who is at the other end of both lines: counts aloud on each, and counts what arrives. */
export class Partner {
  readonly #sockets = new Map<DemoLine, PartnerSocket>();
  readonly #tallies: Record<DemoLine, Tally> = { session: new Tally(), plain: new Tally() };
  readonly #onReport: (report: DemoReport) => void;
  #sent = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #reports: ReturnType<typeof setInterval> | undefined;

  constructor(onReport: (report: DemoReport) => void) {
    this.#onReport = onReport;
  }

  get report(): DemoReport {
    const { session, plain } = this.#tallies;
    return { sent: this.#sent, session: session.counts, plain: plain.counts };
  }

  /** A line has a connection, or another one. */
  attach(line: DemoLine, socket: PartnerSocket): void {
    this.#sockets.set(line, socket);
    socket.addEventListener("message", ({ data }) => this.#tallies[line].receive(data));
  }

  run(isRunning: boolean): void {
    clearInterval(this.#beat);
    if (isRunning) this.#beat = setInterval(() => this.#count(), DEMO_LIMITS.beatMs).unref();
    this.#reports ??= setInterval(() => this.#onReport(this.report), DEMO_LIMITS.reportMs).unref();
  }

  /** For good: the lines end with it. */
  stop(): void {
    clearInterval(this.#beat);
    clearInterval(this.#reports);
    for (const socket of this.#sockets.values()) socket.terminate();
  }

  /** The same on both lines. A plain WebSocket that is closed takes it and drops it, as the standard says. */
  #count(): void {
    if (this.#sockets.size < 2 || this.#sent >= DEMO_LIMITS.messagesMax) return;
    this.#sent += 1;
    for (const socket of this.#sockets.values()) if (socket.readyState <= OPEN) socket.send(`${this.#sent}`);
  }
}
