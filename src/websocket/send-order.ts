interface Waiting {
  readonly payloadBytes: number;
  readonly payload: Promise<Uint8Array> | undefined;
  readonly send: (payload: Uint8Array) => void;
}

const noBytes = new Uint8Array(0);
/** What each send that waits costs besides its payload. */
const waitingOverheadBytes = 256;

/**
 * Keeps sends in order while a Blob among them is being read: what is sent after it waits for it. It exists only on
 * connections that have sent a Blob.
 */
export class SendOrder {
  readonly #onError: (error: unknown) => void;
  readonly #waiting: Waiting[] = [];
  #payloadBytes = 0;
  #done: Promise<void> = Promise.resolve();

  /** `onError` is called if a Blob cannot be read; what waited behind it is dropped. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** What waits here of `bufferedAmount`. */
  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  /** All that is retained here. */
  get retainedBytes(): number {
    return this.#payloadBytes + this.#waiting.length * waitingOverheadBytes;
  }

  /** Resolves when nothing waits here any more. */
  get done(): Promise<void> {
    return this.#done;
  }

  addBlob(blob: Blob, send: (payload: Uint8Array) => void): void {
    const payload = blob.arrayBuffer().then((bytes) => new Uint8Array(bytes));
    // It is awaited in its turn; if it fails before, that must not count as a rejection that nobody handles.
    payload.catch(() => {});
    this.#add({ payloadBytes: blob.size, payload, send });
  }

  add(payloadBytes: number, send: () => void): void {
    this.#add({ payloadBytes, payload: undefined, send });
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#payloadBytes += waiting.payloadBytes;
    if (this.#waiting.length === 1) this.#done = this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (this.isBusy) {
        const { payload, send, payloadBytes } = this.#waiting[0]!;
        const bytes = payload === undefined ? noBytes : await payload;
        this.#waiting.shift();
        this.#payloadBytes -= payloadBytes;
        send(bytes);
      }
    } catch (error) {
      this.#waiting.length = 0;
      this.#payloadBytes = 0;
      this.#onError(error);
    }
  }
}
