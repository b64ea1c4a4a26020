import type { WebSocketConnection } from "../../src/websocket/index.ts";

export interface ClosedWith {
  code: number;
  reason: string;
  wasClean: boolean;
}

/** A connection of the engine under test and all that it told its application. */
export class Observed {
  readonly connection: WebSocketConnection;
  readonly messages: (string | Buffer)[] = [];
  readonly errors: unknown[] = [];
  readonly pings: Buffer[] = [];
  readonly pongs: Buffer[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<ClosedWith>;
  #read = 0;
  #wake: (() => void) | undefined;

  constructor(connection: WebSocketConnection) {
    this.connection = connection;
    connection.binaryType = "arraybuffer";
    connection.onmessage = ({ data }) => {
      this.messages.push(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer));
      this.#wake?.();
    };
    connection.onerror = (event) => {
      this.errors.push((event as { error?: unknown }).error);
    };
    connection.addEventListener("ping", ({ data }) => this.pings.push(Buffer.from(data)));
    connection.addEventListener("pong", ({ data }) => {
      this.pongs.push(Buffer.from(data));
      this.#wake?.();
    });
    this.opened = new Promise((resolve) => {
      if (connection.readyState === 1) resolve();
      else connection.onopen = () => resolve();
    });
    this.closed = new Promise((resolve) => {
      connection.onclose = ({ code, reason, wasClean }) => {
        resolve({ code, reason, wasClean });
        this.#wake?.();
      };
    });
  }

  /** The next message in order; fails if the connection closes first. */
  async nextMessage(): Promise<string | Buffer> {
    await this.#until(() => this.messages.length > this.#read);
    const message = this.messages[this.#read++];
    if (message === undefined) throw new Error("The connection closed before a message came");
    return message;
  }

  async nextMessages(count: number): Promise<(string | Buffer)[]> {
    const messages = [];
    while (messages.length < count) messages.push(await this.nextMessage());
    return messages;
  }

  async nextPong(): Promise<Buffer> {
    const seen = this.pongs.length;
    await this.#until(() => this.pongs.length > seen);
    return this.pongs.at(-1)!;
  }

  /** The code of the first typed error; undefined if there was none. */
  get errorCode(): string | undefined {
    return (this.errors[0] as { code?: string } | undefined)?.code;
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done() && this.connection.readyState !== 3) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }
}
