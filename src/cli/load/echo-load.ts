import type { Burst } from "./burst.ts";
import { EchoClient, type EchoConnection } from "./echo-client.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

/** Timers are late by up to a millisecond or two: the last stretch to a moment is waited for by asking the clock. */
const timerLatenessMs = 2;
/** Of all connections together; one burst of each connection may always be on its way. */
export const unansweredBurstsMax = 65_536;
/** Likewise in bytes. */
export const unansweredBytesMax = 1024 * 1024 * 1024;

/** The traffic of an echo server's connections: each sends when its echo is back, or all by turns at a rate. */
export class EchoLoad {
  readonly latencies = new LatencyHistogram();
  readonly #clients: EchoClient[] = [];
  #isRunning = false;

  /** Adds a connection, which repeats this burst; its server's pings are answered from now on. */
  add(connection: EchoConnection, burst: Burst): EchoClient {
    const client = new EchoClient(connection, burst, this.latencies);
    this.#clients.push(client);
    return client;
  }

  /** Messages that have come back so far, parts of messages included. */
  get messages(): number {
    return this.#clients.reduce((sum, client) => sum + client.messages, 0);
  }

  /** Messages that were sent and have not come back. */
  get unanswered(): number {
    return this.#clients.reduce((sum, client) => sum + client.unanswered, 0);
  }

  /** Messages that the rate asked for and that were not sent, as the server was too far behind. */
  get unsent(): number {
    return this.#clients.reduce((sum, client) => sum + client.unsent, 0);
  }

  /** @param burstsPerSecond of all connections together; without it, each sends when its echo is back. */
  start(burstsPerSecond?: number): void {
    this.#isRunning = true;
    if (burstsPerSecond === undefined) {
      for (const client of this.#clients) client.startAsking();
    } else {
      this.#keepRate(1000 / burstsPerSecond);
    }
  }

  /** Sends no more; resolves when all that was sent has come back, which may be never. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#clients.map((client) => client.stop()));
  }

  /** The clients' turns come one after another, each a fixed time after the one before. */
  #keepRate(intervalMs: number): void {
    const clients = this.#clients;
    const startAt = performance.now();
    const everyMs = clients.length * intervalMs;
    for (const [i, client] of clients.entries()) {
      const most = Math.min(unansweredBurstsMax, unansweredBytesMax / client.burstBytes) / clients.length;
      const unansweredMax = Math.max(1, Math.floor(most));
      client.startSchedule({ firstAt: startAt + i * intervalMs, everyMs, unansweredMax });
    }
    let turns = 0;
    const sendDue = (): void => {
      if (!this.#isRunning) return;
      const now = performance.now();
      for (; startAt + turns * intervalMs <= now; turns++) clients[turns % clients.length]?.sendNext();
      const waitMs = startAt + turns * intervalMs - now;
      if (waitMs > timerLatenessMs + 1) setTimeout(sendDue, waitMs - timerLatenessMs);
      else setImmediate(sendDue);
    };
    sendDue();
  }
}
