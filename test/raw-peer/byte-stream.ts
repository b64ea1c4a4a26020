import type { Socket } from "node:net";

/** Reads a socket by demand: each `take` waits until the bytes that it wants have arrived. */
export class ByteStream {
  readonly socket: Socket;
  /** Resolves when the other end has closed its side, cleanly or not. */
  readonly ended: Promise<void>;
  #chunks: Buffer[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      const over = () => {
        this.#isOver = true;
        this.#wake?.();
        resolve();
      };
      socket.on("end", over).on("close", over);
    });
    // A reset is an end like another; whoever waits learns of it from `ended`.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake?.();
    });
  }

  /** Bytes that have arrived and are not taken yet. */
  get waiting(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** `parse` gets what is there and returns a value and its size, or undefined to wait for more. */
  async take<T>(parse: (bytes: Buffer) => { value: T; size: number } | undefined, what: string): Promise<T> {
    for (;;) {
      const result = parse(this.waiting);
      if (result !== undefined) {
        const rest = this.waiting.subarray(result.size);
        this.#chunks = rest.length > 0 ? [rest] : [];
        return result.value;
      }
      if (this.#isOver) throw new Error(`The connection ended before ${what} arrived`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Waits for the end and returns everything that was not taken before. */
  async rest(): Promise<Buffer> {
    await this.ended;
    return this.waiting;
  }
}
