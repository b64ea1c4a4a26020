import type { Socket } from "node:net";
import { ByteFuses } from "./byte-fuses.ts";
import { BytePipe } from "./byte-pipe.ts";
import { type Direction, type Directions, includes, type Sides } from "./direction.ts";
import { resetSocket } from "./reset-socket.ts";

/** What can be done to a connection. */
export type LineFault = "reset" | "freeze" | "halfClose" | "delay";

/** When a fault comes: at once, or when so many more bytes have gone through. */
export interface FaultTiming {
  /** Exactly so many go through; the fault comes when the kernel has them. Default: 0, at once. */
  readonly afterBytes?: number;
  /** Whose bytes are counted. Default: those of both directions together. */
  readonly counting?: Directions;
}

export interface DirectedFault extends FaultTiming {
  /** Default: both. */
  readonly directions?: Directions;
}

export interface ResetFault extends FaultTiming {
  /** Who sees a reset; the other end sees nothing at all and gets no answer any more. Default: both. */
  readonly sides?: Sides;
}

export interface ProxiedConnectionOptions {
  readonly client: Socket;
  readonly target: Socket;
  /** Those of the whole proxy. */
  readonly fuses: ByteFuses<ProxiedConnection>;
  readonly onFault: (kind: LineFault) => void;
}

/** How long a connection that nobody forwards any more stays open after its end has closed it. */
export const LINGER_MS = 5000;

/** A connection through the proxy, and what can be done to it. A fault on a connection that is over does nothing. */
export class ProxiedConnection {
  /** Resolves when both ends are gone. */
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #fuses = new ByteFuses<ProxiedConnection>();
  readonly #pipes: Readonly<Record<Direction, BytePipe<ProxiedConnection>>>;
  readonly #onFault: (kind: LineFault) => void;
  readonly #reset = new Set<Socket>();
  readonly #lingering = new Set<Socket>();
  #isOver = false;

  constructor({ client, target, fuses, onFault }: ProxiedConnectionOptions) {
    this.#client = client;
    this.#target = target;
    this.#onFault = onFault;
    const shared = { fuses: [this.#fuses, fuses], onBurned: ({ burnDown }: BurnedFuse) => burnDown(this) };
    this.#pipes = {
      up: new BytePipe({ direction: "up", from: client, to: target, ...shared }),
      down: new BytePipe({ direction: "down", from: target, to: client, ...shared }),
    };
    // Whoever resets a connection takes nothing any more.
    client.on("error", () => this.#pipes.down.discard());
    target.on("error", () => this.#pipes.up.discard());
    this.closed = Promise.all([client, target].map(untilClosed)).then(() => {
      this.#isOver = true;
    });
  }

  /** Neither over nor reset at an end nor abandoned. */
  get isForwarding(): boolean {
    return !this.#isOver && this.#reset.size === 0 && this.#lingering.size === 0;
  }

  /** How many bytes have gone through in a direction. */
  forwardedBytes(direction: Direction): number {
    return this.#pipes[direction].forwardedBytes;
  }

  /** How many bytes of a direction have been read and not forwarded. */
  bytesOnTheWay(direction: Direction): number {
    return this.#pipes[direction].heldBytes;
  }

  /** Cuts the connection: what is on its way is lost. */
  reset({ sides = "both", ...timing }: ResetFault = {}): void {
    this.#strike("reset", timing, () => {
      for (const pipe of Object.values(this.#pipes)) pipe.discard();
      for (const [side, socket] of this.#ends()) {
        if (includes(sides, side)) this.#resetEnd(socket);
        else this.#linger(socket);
      }
    });
  }

  /** Stops forwarding bytes, ends and resets, but ends nothing: who sends finds in time that nothing is read any more. */
  freeze({ directions = "both", ...timing }: DirectedFault = {}): void {
    this.#strike("freeze", timing, () => {
      for (const pipe of this.#select(directions)) pipe.freeze();
    });
  }

  /** Goes on after a freeze, with all that has come in between. */
  release(directions: Directions = "both"): void {
    for (const pipe of this.#select(directions)) pipe.release();
  }

  /**
   * Never forwards anything any more. Neither end sees a close; what they send is taken and thrown away. An end that
   * closes is let go after a while.
   */
  abandon(): void {
    for (const pipe of Object.values(this.#pipes)) pipe.discard();
    for (const [, socket] of this.#ends()) this.#linger(socket);
  }

  /** Ends one direction as if its sender had; what is on its way in it, and what comes, is lost. */
  halfClose(direction: Direction, timing: FaultTiming = {}): void {
    this.#strike("halfClose", timing, () => {
      this.#pipes[direction].discard();
      (direction === "up" ? this.#target : this.#client).end();
    });
  }

  /** What comes from now on arrives so many milliseconds later, in its order; 0 ends it. */
  delay(ms: number, { directions = "both", ...timing }: DirectedFault = {}): void {
    this.#strike("delay", timing, () => {
      for (const pipe of this.#select(directions)) pipe.delay(ms);
    });
  }

  /** Ends it at both ends at once, when the proxy itself ends. */
  destroy(): void {
    for (const pipe of Object.values(this.#pipes)) pipe.discard();
    for (const [, socket] of this.#ends()) socket.destroy();
  }

  #strike(kind: LineFault, { afterBytes = 0, counting = "both" }: FaultTiming, act: () => void): void {
    const burnDown = (): void => {
      if (!(kind === "reset" ? this.#canReset() : this.isForwarding)) return;
      this.#onFault(kind);
      act();
    };
    if (afterBytes === 0) burnDown();
    else this.#fuses.light({ directions: counting, bytesLeft: afterBytes, burnDown });
  }

  /** Also an end that was left alone by an earlier reset, or abandoned, can be reset. */
  #canReset(): boolean {
    return !this.#isOver && this.#reset.size < 2;
  }

  #resetEnd(socket: Socket): void {
    if (this.#reset.has(socket)) return;
    this.#reset.add(socket);
    resetSocket(socket);
  }

  #linger(socket: Socket): void {
    if (this.#lingering.has(socket) || this.#reset.has(socket)) return;
    this.#lingering.add(socket);
    lingerAfterEnd(socket);
  }

  #select(directions: Directions): BytePipe<ProxiedConnection>[] {
    const { up, down } = this.#pipes;
    return directions === "both" ? [up, down] : [this.#pipes[directions]];
  }

  #ends(): ["client" | "target", Socket][] {
    return [
      ["client", this.#client],
      ["target", this.#target],
    ];
  }
}

interface BurnedFuse {
  readonly burnDown: (connection: ProxiedConnection) => void;
}

/** Reads and throws away what comes; keeps the socket open for a while after its end came. */
export function lingerAfterEnd(socket: Socket): void {
  const letGo = (): void => void setTimeout(() => socket.destroy(), LINGER_MS).unref();
  if (socket.readableEnded) letGo();
  else socket.once("end", letGo);
  socket.resume();
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
