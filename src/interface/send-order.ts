import { BufferFullError, type Payload, type SendOptions, utf8Bytes } from "../session/index.ts";

interface Waiting {
  readonly payload: Payload | Blob;
  readonly bytes: number;
  readonly options: SendOptions;
}

export interface SendOrderOwner {
  readonly bufferedBytesMax: number;
  readonly bufferedMessagesMax: number;
  /** Resolves when `send` will take a message. */
  writable(): Promise<void>;
  send(payload: Payload, options: SendOptions): void;
  /** A Blob cannot be read, or is longer than the other end takes. */
  handleError(error: unknown): void;
}

/**
 * Keeps sends in order while a Blob among them is being read: what is sent after it waits for it. It exists only where a
 * Blob was sent.
 */
export class SendOrder {
  readonly #owner: SendOrderOwner;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #done: Promise<void> = Promise.resolve();

  constructor(owner: SendOrderOwner) {
    this.#owner = owner;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** What waits here of `bufferedAmount`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when nothing waits here any more. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** Throws BufferFullError, and has then kept nothing. Bytes are not copied. */
  add(payload: Payload | Blob, options: SendOptions): void {
    const { bufferedBytesMax, bufferedMessagesMax } = this.#owner;
    const bytes = payloadBytesOf(payload);
    if (this.#bytes + bytes > bufferedBytesMax)
      throw new BufferFullError(this.#bytes, bufferedBytesMax, "bytes");
    if (this.#waiting.length >= bufferedMessagesMax) {
      throw new BufferFullError(this.#waiting.length, bufferedMessagesMax, "messages");
    }
    this.#waiting.push({ payload, bytes, options });
    this.#bytes += bytes;
    if (this.#waiting.length === 1) this.#done = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { payload, bytes, options } = this.#waiting[0]!;
      try {
        const ready = payload instanceof Blob ? new Uint8Array(await payload.arrayBuffer()) : payload;
        await this.#owner.writable();
        this.#owner.send(ready, options);
      } catch (error) {
        this.#owner.handleError(error);
      }
      this.#waiting.shift();
      this.#bytes -= bytes;
    }
  }
}

export function payloadBytesOf(payload: Payload | Blob): number {
  if (typeof payload === "string") return utf8Bytes(payload);
  return payload instanceof Uint8Array ? payload.length : payload.size;
}
