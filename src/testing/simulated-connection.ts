import type { Link } from "../session/index.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What one end of a simulated connection hears. */
export interface LinkEvents {
  receiveText(frame: string): void;
  receiveBinary(frame: Uint8Array): void;
  /** The other end closed it with this code, or it was lost: 1006. */
  closed(code: number): void;
  /** Everything that was sent has left. */
  drained(): void;
}

export type ConnectionEnd = "client" | "server";
export type Frame = string | Uint8Array;

/** What happens to a frame; `close` is one, too, with its code as text. */
export interface FrameNote {
  /** Connections are numbered from 1 in the order of their opening. */
  readonly connection: number;
  readonly from: ConnectionEnd;
  readonly what: "sends" | "delivers" | "loses";
  readonly frame: Frame;
}

/** The way from one end to the other: frames leave at the path's rate and arrive in order after its latency. */
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
  readonly underWay: { readonly frame: Frame; readonly deliver: (to: LinkEvents) => void }[] = [];
}

/** A cut: after how many further bytes in a direction, who hears of it at once, and which direction counts them. */
export interface Cut {
  readonly afterBytes: number;
  readonly isHeardBy: ConnectionEnd | "both" | "nobody";
}

/** What a test may do to a connection. */
export interface SimulatedConnection {
  readonly number: number;
  /** Neither end has closed it, nor has any heard that it is lost. */
  readonly isOpen: boolean;
  /**
   * Loses everything from so many further bytes on, both ways. An end that does not hear of it goes on sending in vain;
   * the server's hears in the end, as its transport asks for pongs.
   */
  cut(cut: Cut): void;
  /** Nothing arrives for so long, in one direction or both; it arrives then. */
  freeze(durationMs: number, which: "up" | "down" | "both"): void;
}

export interface ConnectionParts {
  readonly number: number;
  readonly clock: VirtualClock;
  readonly latencyMs: number;
  readonly bytesPerMs: number;
  /** After this time the server's transport finds out by itself that the connection was cut. */
  readonly keepaliveMs: number;
  readonly client: LinkEvents;
  readonly note: (note: FrameNote) => void;
  readonly forget: (connection: Connection) => void;
}

/** A transport connection with two ends, each of them a link. */
export class Connection implements SimulatedConnection {
  readonly number: number;
  readonly clientEnd: Link;
  readonly serverEnd: Link;
  readonly #parts: ConnectionParts;
  readonly #clock: VirtualClock;
  readonly #up = new Direction();
  readonly #down = new Direction();
  #client: LinkEvents | null;
  /** Null before it is accepted, and after it is closed. */
  server: LinkEvents | null = null;
  isOpen = true;
  #heardBy: Cut["isHeardBy"] = "both";

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.number = parts.number;
    this.#clock = parts.clock;
    this.#client = parts.client;
    this.clientEnd = this.#makeEnd("client", this.#up);
    this.serverEnd = this.#makeEnd("server", this.#down);
  }

  #makeEnd(from: ConnectionEnd, direction: Direction): Link {
    return {
      sendText: (frame) => this.#send(from, direction, frame),
      sendBinary: (frame) => this.#send(from, direction, frame),
      get bufferedAmount() {
        return direction.bufferedAmount;
      },
      close: (code) => this.#closeBy(from, direction, code),
    };
  }

  #events(of: ConnectionEnd): LinkEvents | null {
    return of === "client" ? this.#client : this.server;
  }

  #silence(which: ConnectionEnd): void {
    if (which === "client") this.#client = null;
    else this.server = null;
    if (this.#client === null && this.server === null) this.#end();
  }

  #end(): void {
    this.isOpen = false;
    this.#parts.forget(this);
  }

  #note(from: ConnectionEnd, what: FrameNote["what"], frame: Frame): void {
    this.#parts.note({ connection: this.number, from, what, frame });
  }

  #send(from: ConnectionEnd, direction: Direction, frame: Frame): void {
    // An end that was closed sends nothing any more.
    if (this.#events(from) === null) return;
    this.#note(from, "sends", frame);
    this.#depart(from, direction, frame.length + 2);
    if (this.#isLost(direction, frame.length + 2)) return this.#note(from, "loses", frame);
    this.#arrive(from, direction, {
      frame,
      deliver: (to) => (typeof frame === "string" ? to.receiveText(frame) : to.receiveBinary(frame)),
    });
  }

  #depart(from: ConnectionEnd, direction: Direction, bytes: number): void {
    direction.bufferedAmount += bytes;
    direction.departsAt = Math.max(direction.departsAt, this.#clock.now()) + bytes / this.#parts.bytesPerMs;
    this.#clock.at(direction.departsAt, () => {
      direction.bufferedAmount -= bytes;
      if (direction.bufferedAmount === 0) this.#events(from)?.drained();
    });
  }

  /** Whether the frame, or a part of it, is behind the cut. */
  #isLost(direction: Direction, bytes: number): boolean {
    direction.bytesToCut -= bytes;
    if (direction.bytesToCut < 0 && !direction.isCut) this.#cutNow();
    return direction.isCut;
  }

  #arrive(from: ConnectionEnd, direction: Direction, frame: Direction["underWay"][number]): void {
    direction.underWay.push(frame);
    this.#scheduleArrival(from, direction);
  }

  /** Whatever is next under way arrives, so that a freeze changes no order. */
  #scheduleArrival(from: ConnectionEnd, direction: Direction): void {
    const earliest = direction.departsAt + this.#parts.latencyMs;
    direction.arrivesAt = Math.max(direction.arrivesAt, earliest, direction.frozenUntil);
    const hearsIt = from === "client" ? "server" : "client";
    this.#clock.at(direction.arrivesAt, () => {
      // A freeze may have begun since.
      if (this.#clock.now() < direction.frozenUntil) return this.#scheduleArrival(from, direction);
      const { frame, deliver } = direction.underWay.shift()!;
      const to = this.#events(hearsIt);
      const isLost = to === null || direction.isCut;
      this.#note(from, isLost ? "loses" : "delivers", frame);
      if (!isLost) deliver(to);
    });
  }

  #closeBy(by: ConnectionEnd, direction: Direction, code: number): void {
    if (this.#events(by) === null) return;
    const other = by === "client" ? "server" : "client";
    this.#silence(by);
    this.#note(by, "sends", `(close ${code})`);
    this.#arrive(by, direction, {
      frame: `(close ${code})`,
      deliver: (to) => {
        this.#silence(other);
        to.closed(code);
      },
    });
  }

  cut({ afterBytes, isHeardBy }: Cut): void {
    this.#heardBy = isHeardBy;
    this.#up.bytesToCut = this.#down.bytesToCut = afterBytes;
    if (afterBytes === 0) this.#cutNow();
  }

  #cutNow(): void {
    this.#up.isCut = this.#down.isCut = true;
    const { latencyMs, keepaliveMs } = this.#parts;
    if (this.#heardBy === "both" || this.#heardBy === "client") this.#tell("client", latencyMs);
    const isHeardByServer = this.#heardBy === "both" || this.#heardBy === "server";
    this.#tell("server", isHeardByServer ? latencyMs : keepaliveMs);
  }

  #tell(which: ConnectionEnd, afterMs: number): void {
    this.#clock.after(afterMs, () => this.#lose(which));
  }

  #lose(which: ConnectionEnd): void {
    const events = this.#events(which);
    this.#silence(which);
    events?.closed(1006);
  }

  freeze(durationMs: number, which: "up" | "down" | "both"): void {
    const until = this.#clock.now() + durationMs;
    if (which !== "down") this.#up.frozenUntil = Math.max(this.#up.frozenUntil, until);
    if (which !== "up") this.#down.frozenUntil = Math.max(this.#down.frozenUntil, until);
  }

  /** The client's process is gone: it hears nothing any more; the server's end finds out or not. */
  abandon(isHeard: boolean): void {
    this.#silence("client");
    this.cut({ afterBytes: 0, isHeardBy: isHeard ? "server" : "nobody" });
  }

  /** Nobody listens. */
  refuse(): void {
    const events = this.#client;
    this.#client = this.server = null;
    this.#end();
    events?.closed(1006);
  }
}
