import type { Link } from "../session/index.ts";
import type { Random } from "./random.ts";
import { Connection, type Cut, type FrameNote, type LinkEvents } from "./simulated-connection.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How the paths of a network are; each connection gets its own values from these ranges. */
export interface NetworkConditions {
  readonly latencyMsMax: number;
  /** The slowest path. */
  readonly bytesPerMsMin: number;
  /** How long it takes to open a connection, at most. */
  readonly openMsMax: number;
}

/** How long a server's transport takes to find out that a connection was cut, if nobody tells it. */
const keepaliveMs = 45_000;

/**
 * A network of connections between clients and whoever listens, on a virtual clock, with faults that a test asks for.
 * Connections know nothing of each other: what is under way on an old one may arrive after a new one serves.
 */
export class SimulatedNetwork {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #conditions: NetworkConditions;
  readonly #connections = new Set<Connection>();
  /** Cuts for the connections that are opened next. */
  readonly #cutsAhead: Cut[] = [];
  #opened = 0;
  /** Takes the server's end of a new connection, and returns what hears of it; null refuses. */
  onConnection: (link: Link) => LinkEvents | null = () => null;
  /** Sees every frame. */
  onFrame: (note: FrameNote) => void = () => {};
  /** No connection can be opened. Those that are open stay. */
  isOffline = false;

  constructor(clock: VirtualClock, random: Random, conditions: NetworkConditions) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = conditions;
  }

  /** Those of which an end is not closed. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /** The next connection that is opened is cut so, counted from its begin. */
  cutNext(cut: Cut): void {
    this.#cutsAhead.push(cut);
  }

  /** Begins a connection; `events` hear nothing before this has returned. */
  open(events: LinkEvents): Connection {
    const { latencyMsMax, bytesPerMsMin, openMsMax } = this.#conditions;
    const connection = new Connection({
      number: ++this.#opened,
      clock: this.#clock,
      latencyMs: this.#random.next() * latencyMsMax,
      bytesPerMs: bytesPerMsMin * (1 + this.#random.next() * 99),
      keepaliveMs,
      client: events,
      note: (note) => this.onFrame(note),
      forget: (it) => this.#connections.delete(it),
    });
    this.#connections.add(connection);
    const cut = this.#cutsAhead.shift();
    if (cut !== undefined) connection.cut(cut);
    this.#clock.after(this.#random.next() * openMsMax, () => this.#accept(connection));
    return connection;
  }

  #accept(connection: Connection): void {
    if (!connection.isOpen) return;
    // It may send before it says what hears.
    connection.server = deaf;
    const server = this.isOffline ? null : this.onConnection(connection.serverEnd);
    if (server === null) connection.refuse();
    else connection.server = server;
  }
}

const deaf: LinkEvents = { receiveText() {}, receiveBinary() {}, closed() {}, drained() {} };
