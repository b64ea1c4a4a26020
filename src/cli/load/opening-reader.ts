import type { Connection } from "./connection.ts";

/** What was read, and how many bytes it took. */
export interface Found<Value> {
  readonly value: Value;
  readonly length: number;
}

/** The most that a server may say before its handshake is through. */
const openingBytesMax = 256 * 1024;

/** Reads what comes before the messages, piece by piece. */
export class OpeningReader {
  readonly #connection: Connection;
  #bytes: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onBytes = (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      if (this.#bytes.length > openingBytesMax) {
        throw new Error(`The server sent more than ${openingBytesMax} bytes with its handshake`);
      }
      this.#wake?.();
    };
    connection.onLost = (reason) => {
      this.#failure = reason;
      this.#wake?.();
    };
  }

  /** What `parse` finds at the start of the bytes, as soon as it finds it (null until then). */
  async read<Value>(parse: (bytes: Buffer) => Found<Value> | null): Promise<Value> {
    for (;;) {
      const found = parse(this.#bytes);
      if (found !== null) {
        this.#bytes = this.#bytes.subarray(found.length);
        return found.value;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Lets go of the connection; what has come behind all that was read. */
  finish(): Buffer {
    this.#connection.onBytes = () => {};
    this.#connection.onLost = () => {};
    return this.#bytes;
  }
}
