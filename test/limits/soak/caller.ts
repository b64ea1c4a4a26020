import { WebSocket, type WebSocketOptions } from "../../../src/websocket/index.ts";

/** A client of ours that holds what comes against what was to come, and keeps none of it. */
export class Caller implements Disposable {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #awaited: (string | Buffer)[] = [];
  #answered = Promise.withResolvers<void>();

  private constructor(url: string, options: WebSocketOptions) {
    this.socket = new WebSocket(url, [], options);
    this.socket.binaryType = "nodebuffer";
    // Whoever waits hears of a rejection; if nobody does, the end of the connection is no failure.
    this.#answered.promise.catch(() => {});
    this.socket.onmessage = ({ data }) => this.#take(data as string | Buffer);
    this.closed = new Promise((resolve) => {
      this.socket.onclose = ({ code, reason }) => {
        this.#answered.reject(
          new Error(`Closed with ${code} while ${this.#awaited.length} messages were awaited`),
        );
        resolve({ code, reason });
      };
    });
  }

  static async open(url: string, options: WebSocketOptions = {}): Promise<Caller> {
    const caller = new Caller(url, options);
    await new Promise<void>((resolve, reject) => {
      caller.socket.onopen = () => resolve();
      caller.socket.onerror = (event) => reject((event as unknown as { error: Error }).error);
    });
    caller.socket.onerror = null;
    return caller;
  }

  /** Awaits these messages, after those that are awaited already. */
  expect(messages: readonly (string | Buffer)[]): void {
    if (this.#awaited.length === 0 && messages.length > 0) {
      this.#answered = Promise.withResolvers();
      this.#answered.promise.catch(() => {});
    }
    this.#awaited.push(...messages);
  }

  /** Resolves when nothing is awaited any more. */
  async untilAnswered(): Promise<void> {
    if (this.#awaited.length > 0) await this.#answered.promise;
  }

  /** Sends the messages in one go and waits for their echoes. */
  async exchange(messages: readonly (string | Buffer)[]): Promise<void> {
    this.expect(messages);
    for (const message of messages) this.socket.send(message);
    await this.untilAnswered();
  }

  /** Closes and waits for the answer. */
  async close(code: number, reason: string): Promise<void> {
    this.socket.close(code, reason);
    const closed = await this.closed;
    if (closed.code !== code || closed.reason !== reason) {
      throw new Error(`Closed with ${closed.code} "${closed.reason}" instead of ${code} "${reason}"`);
    }
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  #take(data: string | Buffer): void {
    const wanted = this.#awaited.shift();
    const isSame =
      typeof data === "string" ? data === wanted : Buffer.isBuffer(wanted) && data.equals(wanted);
    if (!isSame) {
      const [came, instead] = [data, wanted].map((each) => String(each).slice(0, 60));
      this.#answered.reject(new Error(`"${came}" came instead of "${instead}"`));
      this.socket.terminate();
    } else if (this.#awaited.length === 0) this.#answered.resolve();
  }
}
