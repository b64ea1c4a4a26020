import type { Socket } from "node:net";

/** One end of a TCP connection, and what it sees of the other. */
export class TcpEnd {
  readonly socket: Socket;
  /** How the other end's sending ended; "open" as long as it has not. A reset after an end is a reset. */
  seen: "open" | "end" | "reset" = "open";
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #wakes: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#chunks.push(bytes);
      this.#receivedBytes += bytes.length;
      this.#wake();
    });
    socket.on("end", () => this.#see("end"));
    socket.on("error", () => this.#see("reset"));
    socket.on("close", () => this.#wake());
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Everything that has arrived, as text. */
  get received(): string {
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!.toString("latin1");
  }

  /** The first so many bytes as text, when they have arrived or no more can. */
  async firstBytes(count: number): Promise<string> {
    await this.#until(() => this.receivedBytes >= count || this.seen !== "open");
    return this.received.slice(0, count);
  }

  /** What it sees when it sees an end. */
  async untilEnded(): Promise<"end" | "reset"> {
    await this.#until(() => this.seen !== "open");
    return this.seen as "end" | "reset";
  }

  async untilReset(): Promise<void> {
    await this.#until(() => this.seen === "reset");
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakes.push(resolve);
      await promise;
    }
  }

  #see(seen: "end" | "reset"): void {
    this.seen = seen;
    this.#wake();
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}
