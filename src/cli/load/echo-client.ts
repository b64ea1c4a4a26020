import type { Burst } from "./burst.ts";
import type { Connection } from "./connection.ts";
import { encodeClientFrame } from "./frames.ts";
import type { LatencyHistogram } from "./latency-histogram.ts";
import { ReplyReader } from "./reply-reader.ts";

/** The part of a connection that a client uses. */
export type EchoConnection = Pick<Connection, "write" | "onBytes" | "rest">;

/** When the bursts of a connection are due. */
export interface Schedule {
  /** In ms, as `performance.now()` gives them. */
  readonly firstAt: number;
  readonly everyMs: number;
  /** Bursts that may be on their way: as many are sent as are due, but no more than these wait for their echo. */
  readonly unansweredMax: number;
}

/**
 * Sends a burst over one connection again and again, and times its echo. With a schedule, latency counts from the moment
 * at which a burst was due, so that a server that stalls is charged with all that had to wait; without one, the next burst
 * is sent when the echo of all is back.
 */
export class EchoClient {
  readonly #connection: EchoConnection;
  readonly #burst: Burst;
  readonly #reader: ReplyReader;
  readonly #latencies: LatencyHistogram;
  #schedule: Schedule | undefined;
  /** The burst that the schedule began with. */
  #scheduledFrom = 0;
  #due = 0;
  #sent = 0;
  #sentAt = 0;
  #isRunning = false;
  #isDropped = false;
  #idle = Promise.withResolvers<void>();

  constructor(connection: EchoConnection, burst: Burst, latencies: LatencyHistogram) {
    this.#connection = connection;
    this.#burst = burst;
    this.#latencies = latencies;
    this.#reader = new ReplyReader(burst, (payload) =>
      connection.write(encodeClientFrame({ payload, opcode: 10 })),
    );
    connection.onBytes = (chunk) => this.#take(chunk);
    if (connection.rest.length > 0) this.#take(connection.rest);
  }

  /** What is written at once. */
  get burstBytes(): number {
    return this.#burst.request.length;
  }

  /** Messages that have come back, with the part that has come of the next one. */
  get messages(): number {
    return this.#reader.messages + this.#reader.part;
  }

  /** Messages that were sent and have not come back, unless the connection is lost. */
  get unanswered(): number {
    return this.#isDropped ? 0 : this.#sent * this.#burst.messages.length - this.#reader.messages;
  }

  /** Messages that were due and could not be sent, as too many were unanswered. */
  get unsent(): number {
    return this.#schedule === undefined ? 0 : (this.#due - this.#sent) * this.#burst.messages.length;
  }

  /** Sends one burst; resolves when its echo is back. Not while the client is started. */
  async ask(): Promise<void> {
    this.#due = this.#sent + 1;
    this.#isRunning = true;
    this.#send(performance.now());
    await this.stop();
  }

  /** Sends a burst, and each further one when the echo of the one before is back. */
  startAsking(): void {
    this.#due = Number.POSITIVE_INFINITY;
    this.#isRunning = true;
    this.#send(performance.now());
  }

  /** From now on, each call of `sendNext` lets one more burst go. */
  startSchedule(schedule: Schedule): void {
    this.#schedule = schedule;
    this.#scheduledFrom = this.#sent;
    this.#due = this.#sent;
    this.#isRunning = true;
  }

  sendNext(): void {
    this.#due++;
    this.#send(0);
  }

  /** Sends no more; resolves when the echo of all that was sent is back. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#idle = Promise.withResolvers();
    if (this.unanswered === 0) this.#idle.resolve();
    return this.#idle.promise;
  }

  /** The connection is lost: nothing more is sent, and nothing waited for. */
  drop(): void {
    this.#isRunning = false;
    this.#isDropped = true;
    this.#idle.resolve();
  }

  #send(now: number): void {
    const most = this.#schedule?.unansweredMax ?? 1;
    const answered = Math.floor(this.#reader.messages / this.#burst.messages.length);
    while (this.#isRunning && this.#sent < this.#due && this.#sent - answered < most) {
      this.#sent++;
      this.#sentAt = now;
      this.#connection.write(this.#burst.request);
    }
  }

  #take(chunk: Buffer): void {
    const before = this.#reader.messages;
    this.#reader.take(chunk);
    const { messages } = this.#reader;
    if (messages === before) return;
    if (this.unanswered < 0) throw new Error("The server sent an echo of what it had not been sent yet");
    const now = performance.now();
    const burstLength = this.#burst.messages.length;
    for (let done = before; done < messages; ) {
      const index = Math.floor(done / burstLength);
      const end = Math.min(messages, (index + 1) * burstLength);
      this.#latencies.record((now - this.#dueAt(index)) * 1000, end - done);
      done = end;
    }
    if (this.#isRunning) this.#send(now);
    else if (this.unanswered === 0) this.#idle.resolve();
  }

  #dueAt(index: number): number {
    const schedule = this.#schedule;
    return schedule === undefined
      ? this.#sentAt
      : schedule.firstAt + (index - this.#scheduledFrom) * schedule.everyMs;
  }
}
