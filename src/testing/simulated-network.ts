import type { Link } from "../session/index.ts";
import type { Random } from "./random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What one end of a simulated connection hears. */
export interface LinkEvents {
  receiveText(frame: string): void;
  receiveBinary(frame: Uint8Array): void;
  closed(code: number): void;
  drained(): void;
}

/** How the paths of a network are; each connection gets its own values from these ranges. */
export interface NetworkConditions {
  readonly latencyMsMax: number;
  /** The slowest path. */
  readonly bytesPerMsMin: number;
  /** How long it takes to open a connection, at most. */
  readonly openMsMax: number;
}

type Frame = string | Uint8Array;

/** One direction of a connection: frames leave at the path's rate and arrive in order after its latency. */
class Direction {
  /** Frames are lost from here on, silently. */
  isCut = false;
  /** What still passes before the cut, in bytes. */
  bytesToCut = Number.POSITIVE_INFINITY;
  /** Nothing arrives before this time. */
  frozenUntil = 0;
  departsAt = 0;
  arrivesAt = 0;
  bufferedAmount = 0;
  readonly underWay: ((to: LinkEvents) => void)[] = [];
}

export interface SimulatedConnection {
  /** Loses what is under way from so many further bytes on in both directions; each end hears of it, or does not. */
  cut(options: { readonly afterBytes: number; readonly isHeardBy: "both" | "client" | "server" | "nobody" }): void;
  /** Nothing arrives for so long, in one direction or both. */
  freeze(durationMs: number, which: "up" | "down" | "both"): void;
  readonly isOpen: boolean;
}

/** A network of connections between clients and whoever listens, on a virtual clock, with faults that a test asks for. */
export class SimulatedNetwork {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #conditions: NetworkConditions;
  readonly #connections = new Set<Connection>();
  /** Takes the server's end of a new connection, and returns what hears of it; null refuses. */
  onConnection: (link: Link) => LinkEvents | null = () => null;
  isOffline = false;

  constructor(clock: VirtualClock, random: Random, conditions: NetworkConditions) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = conditions;
  }

  get connections(): readonly SimulatedConnection[] {
    return [...this.#connections];
  }

  /** Begins a connection; `events` hear nothing before this has returned. */
  open(events: LinkEvents): Link {
    const { latencyMsMax, bytesPerMsMin, openMsMax } = this.#conditions;
    const latencyMs = this.#random.next() * latencyMsMax;
    const bytesPerMs = bytesPerMsMin * (1 + this.#random.next() * 99);
    const connection = new Connection(this.#clock, { latencyMs, bytesPerMs, client: events, forget: (it) => this.#connections.delete(it) });
    this.#connections.add(connection);
    this.#clock.after(this.#random.next() * openMsMax, () => this.#accept(connection));
    return connection.clientEnd;
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

class Connection implements SimulatedConnection {
  readonly clientEnd: Link;
  readonly serverEnd: Link;
  readonly #clock: VirtualClock;
  readonly #latencyMs: number;
  readonly #bytesPerMs: number;
  readonly #forget: (connection: Connection) => void;
  readonly #up = new Direction();
  readonly #down = new Direction();
  #client: LinkEvents | null;
  server: LinkEvents | null = null;
  isOpen = true;
  #heardBy: "both" | "client" | "server" | "nobody" = "both";

  constructor(
    clock: VirtualClock,
    parts: { latencyMs: number; bytesPerMs: number; client: LinkEvents; forget: (it: Connection) => void },
  ) {
    this.#clock = clock;
    this.#latencyMs = parts.latencyMs;
    this.#bytesPerMs = parts.bytesPerMs;
    this.#client = parts.client;
    this.#forget = parts.forget;
    this.clientEnd = this.#makeEnd("client", this.#up);
    this.serverEnd = this.#makeEnd("server", this.#down);
  }

  #makeEnd(from: "client" | "server", direction: Direction): Link {
    return {
      sendText: (frame) => this.#send(from, direction, frame),
      sendBinary: (frame) => this.#send(from, direction, frame),
      get bufferedAmount() {
        return direction.bufferedAmount;
      },
      close: (code) => this.#closeBy(from, direction, code),
    };
  }

  #events(of: "client" | "server"): LinkEvents | null {
    return of === "client" ? this.#client : this.server;
  }

  #silence(which: "client" | "server"): void {
    if (which === "client") this.#client = null;
    else this.server = null;
    if (this.#client === null && this.server === null) this.#end();
  }

  #end(): void {
    this.isOpen = false;
    this.#forget(this);
  }

  #send(from: "client" | "server", direction: Direction, frame: Frame): void {
    // An end that was closed sends nothing any more.
    if (this.#events(from) === null) return;
    const bytes = frame.length + 2;
    const now = this.#clock.now();
    direction.bufferedAmount += bytes;
    direction.departsAt = Math.max(direction.departsAt, now) + bytes / this.#bytesPerMs;
    this.#clock.at(direction.departsAt, () => {
      direction.bufferedAmount -= bytes;
      if (direction.bufferedAmount === 0) this.#events(from)?.drained();
    });
    if (this.#isLost(direction, bytes)) return;
    this.#arrive(from, direction, (to) => {
      if (typeof frame === "string") to.receiveText(frame);
      else to.receiveBinary(frame);
    });
  }

  /** Whether the frame, or a part of it, is behind the cut. */
  #isLost(direction: Direction, bytes: number): boolean {
    direction.bytesToCut -= bytes;
    if (direction.bytesToCut < 0 && !direction.isCut) this.#cutNow();
    return direction.isCut;
  }

  #arrive(from: "client" | "server", direction: Direction, deliver: (to: LinkEvents) => void): void {
    direction.underWay.push(deliver);
    this.#scheduleArrival(from, direction);
  }

  /** Whatever is next under way arrives, so that a freeze changes no order. */
  #scheduleArrival(from: "client" | "server", direction: Direction): void {
    const earliest = direction.departsAt + this.#latencyMs;
    direction.arrivesAt = Math.max(direction.arrivesAt, earliest, direction.frozenUntil);
    const hearsIt = from === "client" ? "server" : "client";
    this.#clock.at(direction.arrivesAt, () => {
      // A freeze may have begun since.
      if (this.#clock.now() < direction.frozenUntil) return this.#scheduleArrival(from, direction);
      const deliver = direction.underWay.shift()!;
      const to = this.#events(hearsIt);
      if (to !== null && !direction.isCut) deliver(to);
    });
  }

  #closeBy(by: "client" | "server", direction: Direction, code: number): void {
    if (this.#events(by) === null) return;
    const other = by === "client" ? "server" : "client";
    this.#silence(by);
    this.#arrive(by, direction, (to) => {
      this.#silence(other);
      to.closed(code);
    });
  }

  cut({ afterBytes, isHeardBy }: { afterBytes: number; isHeardBy: "both" | "client" | "server" | "nobody" }): void {
    this.#heardBy = isHeardBy;
    this.#up.bytesToCut = this.#down.bytesToCut = afterBytes;
    if (afterBytes === 0) this.#cutNow();
  }

  #cutNow(): void {
    this.#up.isCut = this.#down.isCut = true;
    if (this.#heardBy === "both" || this.#heardBy === "client") this.#tell("client");
    if (this.#heardBy === "both" || this.#heardBy === "server") this.#tell("server");
  }

  #tell(which: "client" | "server"): void {
    this.#clock.after(this.#latencyMs, () => {
      const events = this.#events(which);
      this.#silence(which);
      events?.closed(1006);
    });
  }

  freeze(durationMs: number, which: "up" | "down" | "both"): void {
    const until = this.#clock.now() + durationMs;
    if (which !== "down") this.#up.frozenUntil = Math.max(this.#up.frozenUntil, until);
    if (which !== "up") this.#down.frozenUntil = Math.max(this.#down.frozenUntil, until);
  }

  refuse(): void {
    const events = this.#client;
    this.#client = this.server = null;
    this.#end();
    events?.closed(1006);
  }
}
