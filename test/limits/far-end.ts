import type { Socket } from "node:net";
import type { RawPeer } from "../raw-peer/raw-peer.ts";
import { FrameTally } from "./frame-tally.ts";

/** The far end of a connection, which reads nothing until it is told to and writes no more than the network takes. */
export class FarEnd {
  /** What was read after the handshake. */
  readonly tally = new FrameTally();
  /** Bytes of `pour` that the network has taken, but for what the last write left. */
  poured = 0;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #wanted = Number.POSITIVE_INFINITY;
  #wake: () => void = () => {};

  constructor(peer: RawPeer) {
    const { socket } = peer.stream;
    socket.pause();
    socket.removeAllListeners("data");
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.tally.push(peer.stream.waiting);
  }

  /** Begins to read, and goes on until the other end ends. */
  read(): void {
    this.#socket.on("data", (chunk) => {
      this.tally.push(chunk);
      if (this.tally.messages >= this.#wanted) this.#wake();
    });
    this.#socket.on("end", () => this.#socket.end());
    this.#socket.resume();
  }

  /** Reads, and resolves when so many messages have come or the connection has ended. */
  async readMessages(count: number): Promise<void> {
    this.#wanted = count;
    const read = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.read();
    await Promise.race([read, this.closed]);
  }

  /** Writes the blocks as fast as the network takes them. Ends early if the connection does. */
  async pour(blocks: Iterable<Buffer>): Promise<void> {
    for (const block of blocks) {
      if (this.#socket.destroyed) return;
      if (!this.#socket.write(block)) await this.#untilTaken();
      this.poured += block.length;
    }
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  #untilTaken(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#socket.off("drain", wake);
        this.#socket.off("close", wake);
        resolve();
      };
      this.#socket.on("drain", wake);
      this.#socket.on("close", wake);
    });
  }
}
