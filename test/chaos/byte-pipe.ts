import type { Socket } from "node:net";
import type { ByteFuses, Fuse } from "./byte-fuses.ts";
import type { Direction } from "./direction.ts";
import { resetSocket } from "./reset-socket.ts";

/** What is on its way: bytes, or how the sending end ended. */
interface Item {
  bytes: Buffer | "end" | "reset";
  readonly dueMs: number;
}

export interface BytePipeOptions<Place> {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
  /** Each sees every byte, and can stop the pipe at one. */
  readonly fuses: readonly ByteFuses<Place>[];
  /** Called when the bytes up to that one have been handed to the kernel. */
  readonly onBurned: (fuse: Fuse<Place>) => void;
}

/** With a delay so much can be on its way, as on a long line; without, no more than one chunk waits for the reader. */
const DELAYED_BYTES_MAX = 4 * 1024 * 1024;

/** One direction of a proxied connection. */
export class BytePipe<Place> {
  readonly #options: BytePipeOptions<Place>;
  #items: Item[] = [];
  #heldBytes = 0;
  #forwardedBytes = 0;
  #delayMs = 0;
  #isFrozen = false;
  /** The receiving end takes no more for now. */
  #isFull = false;
  /** A fuse has burned down and what it does is not done yet. */
  #isBurning = false;
  #isDiscarding = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BytePipeOptions<Place>) {
    this.#options = options;
    const { from } = options;
    from.on("data", (bytes) => this.#take(bytes));
    from.on("end", () => this.#take("end"));
    from.on("close", (hadError) => {
      if (hadError) this.#take("reset");
    });
  }

  /** How many bytes have gone through. */
  get forwardedBytes(): number {
    return this.#forwardedBytes;
  }

  /** How many have been read and not gone through. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#pump();
  }

  release(): void {
    this.#isFrozen = false;
    this.#pump();
  }

  /** What comes from now on comes so much later, after what came before. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Forwards nothing any more, neither what is on its way nor an end; what comes is read and thrown away. */
  discard(): void {
    this.#isDiscarding = true;
    this.#items = [];
    this.#heldBytes = 0;
    clearTimeout(this.#timer);
    this.#options.from.resume();
  }

  #take(bytes: Item["bytes"]): void {
    if (this.#isDiscarding) return;
    this.#items.push({ bytes, dueMs: performance.now() + this.#delayMs });
    if (typeof bytes !== "string") this.#heldBytes += bytes.length;
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    while (this.#isFlowing() && this.#items.length > 0) {
      const waitMs = this.#items[0]!.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(waitMs));
        break;
      }
      this.#forward(this.#items[0]!);
    }
    this.#readOrPause();
  }

  #isFlowing(): boolean {
    return !this.#isFrozen && !this.#isFull && !this.#isBurning && !this.#isDiscarding;
  }

  #readOrPause(): void {
    const { from } = this.#options;
    const mayRead = this.#isFlowing() && this.#heldBytes < DELAYED_BYTES_MAX;
    if (mayRead || this.#isDiscarding) from.resume();
    else from.pause();
  }

  #forward(item: Item): void {
    const { to } = this.#options;
    const { bytes } = item;
    if (typeof bytes !== "string") this.#write(item, bytes);
    else {
      this.#items.shift();
      if (bytes === "end") to.end();
      else resetSocket(to);
    }
  }

  /** Writes as much of the first item as the fuses let pass. */
  #write(item: Item, bytes: Buffer): void {
    const { direction, to, fuses } = this.#options;
    const room = fuses.reduce((least, each) => each.room(direction, least), bytes.length);
    const burned = fuses.flatMap((each) => each.pass(direction, room));
    this.#heldBytes -= room;
    this.#forwardedBytes += room;
    if (room === bytes.length) this.#items.shift();
    else item.bytes = bytes.subarray(room);
    this.#isBurning = burned.length > 0;
    const hasRoom = to.write(bytes.subarray(0, room), () => this.#burnDown(burned));
    if (hasRoom) return;
    this.#isFull = true;
    to.once("drain", () => {
      this.#isFull = false;
      this.#pump();
    });
  }

  #burnDown(burned: readonly Fuse<Place>[]): void {
    if (burned.length === 0) return;
    this.#isBurning = false;
    for (const fuse of burned) this.#options.onBurned(fuse);
    this.#pump();
  }
}
