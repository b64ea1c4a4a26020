import { type BinaryType, SendOrder, shapeBinary } from "../interface/index.ts";
import {
  type Attachment,
  type ClientHost,
  ClientSession,
  type Link,
  type Payload,
  type SessionEnd,
  sessionOptions,
  type SessionStream,
} from "../session/index.ts";
import type { Line, LineOwner } from "./line.ts";
import { random, randomText, watchPage } from "./platform.ts";
import { linkProtocol, SocketLink } from "./socket-link.ts";
import { platformSocketClass, type TransportSocket } from "./transport-socket.ts";
import { WakeTimer } from "./wake-timer.ts";

/** An open link to a server that said hello, and what to ask it for. */
export interface Greeted {
  readonly socket: TransportSocket;
  readonly hello: string;
  readonly url: string;
  readonly protocols: readonly string[];
}

/**
 * A session beneath a drop-in WebSocket: it outlives its links, but where the fate of messages is not known, or too much
 * waits, the connection ends, as the standard has no word for that.
 */
export class SessionLine implements Line, ClientHost {
  readonly #client: ClientSession;
  readonly #owner: LineOwner;
  readonly #url: string;
  readonly #timer: WakeTimer;
  readonly #stopWatching: () => void;
  #binaryType: BinaryType;
  #order: SendOrder | undefined;
  #error: unknown;

  constructor({ socket, hello, url, protocols }: Greeted, owner: LineOwner, binaryType: BinaryType) {
    this.#owner = owner;
    this.#url = url;
    this.#binaryType = binaryType;
    const client = new ClientSession({ protocols }, this);
    this.#client = client;
    this.#timer = new WakeTimer(
      () => client.handleTimeout(),
      () => client.suspectLink(),
    );
    this.#stopWatching = watchPage(client);
    const link = new SocketLink(socket, client);
    client.start(link);
    client.receiveText(link, hello);
  }

  get bufferedAmount(): number {
    return this.#client.session.main.bufferedAmount + (this.#order?.bytes ?? 0);
  }

  setBinaryType(binaryType: BinaryType): void {
    this.#binaryType = binaryType;
  }

  send(payload: string | Uint8Array | Blob): void {
    const own = payload instanceof Uint8Array ? new Uint8Array(payload) : payload;
    try {
      if (own instanceof Blob || this.#order?.isBusy === true) this.#sendInOrder(own);
      else this.#client.session.main.send(own);
    } catch (error) {
      this.#fail(error);
    }
  }

  close(code: number, reason: string): void {
    const { session } = this.#client;
    if (this.#order?.isBusy === true) void this.#order.done.then(() => session.close(code, reason));
    else session.close(code, reason);
  }

  abort(): void {
    this.#client.session.terminate();
  }

  now(): number {
    return performance.now();
  }

  wakeAt(timeMs: number): void {
    this.#timer.wakeAt(timeMs);
  }

  random(): number {
    return random();
  }

  randomText(): string {
    return randomText();
  }

  openLink(): Link {
    return new SocketLink(new (platformSocketClass())(this.#url, linkProtocol), this.#client);
  }

  fetchToken(give: (token: undefined) => void): void {
    give(undefined);
  }

  /** Whatever listeners do, the standard does not wait for them. Streams have no place in it. */
  onReadable(stream: SessionStream): void {
    for (let message = stream.take(); message !== undefined; message = stream.take()) {
      if (stream.name === "") this.#owner.handleMessage(this.#shape(message.payload));
      stream.settle();
    }
  }

  onRoom(): void {}

  onStream(): void {}

  onExpired(): void {}

  onState(): void {}

  onAttached({ protocol, isResumed }: Attachment): void {
    if (!isResumed) this.#owner.handleOpen({ protocol, extensions: "" });
  }

  onGap(): void {
    this.#fail(new Error("The session was lost: the fate of some messages is not known"));
  }

  onClosing(): void {
    this.#owner.handleClosing();
  }

  onEnd({ code, reason, wasClean, error }: SessionEnd): void {
    this.#timer.stop();
    this.#stopWatching();
    const failure = wasClean ? {} : { error: this.#error ?? error };
    // Not within the call of `send` or `close` that may have caused it.
    queueMicrotask(() => this.#owner.handleEnd({ code, reason, wasClean, ...failure }));
  }

  #shape(payload: Payload) {
    return typeof payload === "string" ? payload : shapeBinary(payload, this.#binaryType);
  }

  #sendInOrder(payload: Payload | Blob): void {
    const { main } = this.#client.session;
    this.#order ??= new SendOrder({
      ...sessionOptions(),
      writable: () => Promise.resolve(),
      send: (ready) => main.send(ready),
      handleError: (error) => this.#fail(error),
    });
    this.#order.add(payload, {});
  }

  #fail(error: unknown): void {
    this.#error = error;
    this.abort();
  }
}
