import { raiseError, SessionCore, SocketEvent } from "../interface/index.ts";
import {
  type Attachment,
  type ClientHost,
  ClientSession,
  type ClientState,
  type Link,
  type SessionEnd,
  sessionOptions,
  type StateReason,
} from "../session/index.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { random, randomText, startIdleTimer, watchPage } from "./platform.ts";
import { linkProtocol, SocketLink } from "./socket-link.ts";
import { StateEvent } from "./state-event.ts";
import { platformSocketClass, type TransportSocketClass } from "./transport-socket.ts";
import { WakeTimer } from "./wake-timer.ts";

/** What is behind a client's connection: the session that connects again and again, and what it needs of the platform. */
export class ClientCore extends SessionCore implements ClientHost {
  readonly client: ClientSession;
  readonly #socketClass: TransportSocketClass;
  readonly #token: ConnectOptions["token"];
  readonly #timer: WakeTimer;
  readonly #stopWatching: () => void;

  constructor(url: string, options: ConnectOptions) {
    const { bufferedBytesMax, bufferedMessagesMax } = sessionOptions(options);
    const face = {
      log: options.log ?? console,
      now: () => performance.now(),
      after: startIdleTimer,
      isServer: false,
      binaryType: "arraybuffer",
      handlerTimeoutMs: options.handlerTimeoutMs ?? 0,
      bufferedBytesMax,
      bufferedMessagesMax,
    } as const;
    super(face, { url, protocol: "" });
    this.#socketClass = options.WebSocket ?? platformSocketClass();
    this.#token = options.token;
    this.client = new ClientSession(options, this);
    this.setPort(this.client.session);
    this.#timer = new WakeTimer(
      () => this.client.handleTimeout(),
      () => this.client.suspectLink(),
    );
    this.#stopWatching = watchPage(this.client);
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

  openLink(): Link | null {
    try {
      return new SocketLink(new this.#socketClass(this.details.url, linkProtocol), this.client);
    } catch (error) {
      raiseError(this.face, error, { during: "connect", log: this.options.log });
      return null;
    }
  }

  fetchToken(give: (token: string | undefined) => void, fail: (error: unknown) => void): void {
    const token = this.#token;
    if (typeof token !== "function") return give(token);
    new Promise<string>((resolve) => resolve(token())).then(give, (error: unknown) => {
      raiseError(this.face, error, { during: "token", log: this.options.log });
      fail(error);
    });
  }

  onState(state: ClientState, reason: StateReason): void {
    this.raise(new StateEvent(this.face, state, reason));
  }

  onAttached({ protocol }: Attachment): void {
    this.details = { ...this.details, protocol };
    this.open(new SocketEvent("open", this.face));
  }

  override onEnd(end: SessionEnd): void {
    this.#timer.stop();
    this.#stopWatching();
    super.onEnd(end);
  }
}
