export interface PaintableFrame {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface FramePainterPort<Picture> {
  decode(frame: PaintableFrame): Promise<Picture>;
  paint(picture: Picture): void;
}

const RATE_OVER_MS = 2000;

/**
 * Paints the newest frame there is: while one is being decoded, only the latest that arrived waits, so that a slow
 * device shows fewer images and never older ones.
 */
export class FramePainter<Picture> {
  readonly #port: FramePainterPort<Picture>;
  readonly #now: () => number;
  #next: PaintableFrame | null = null;
  #isBusy = false;
  #paintedAtMs: number[] = [];

  constructor(port: FramePainterPort<Picture>, now: () => number = () => performance.now()) {
    this.#port = port;
    this.#now = now;
  }

  show(frame: PaintableFrame): void {
    this.#next = frame;
    if (!this.#isBusy) void this.#work();
  }

  /** Images painted per second, over the last two seconds. */
  get rate(): number {
    const now = this.#now();
    this.#paintedAtMs = this.#paintedAtMs.filter((at) => now - at <= RATE_OVER_MS);
    const [first] = this.#paintedAtMs;
    if (first === undefined || this.#paintedAtMs.length < 2) return 0;
    return Math.round(((this.#paintedAtMs.length - 1) * 1000) / Math.max(1, now - first));
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let frame = this.#next; frame !== null; frame = this.#next) {
      this.#next = null;
      try {
        this.#port.paint(await this.#port.decode(frame));
        this.#paintedAtMs.push(this.#now());
      } catch {
        // A frame that cannot be decoded is one image less.
      }
    }
    this.#isBusy = false;
  }
}
