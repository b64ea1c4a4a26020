import type { Duplex } from "node:stream";
import type { Refusal } from "../protocol/index.ts";
import { refuse } from "./refuse.ts";

/** A transport whose handshake is not finished: it has a deadline and survives errors of its transport. */
export class PendingHandshake {
  readonly transport: Duplex;
  readonly #onFinish: (handshake: PendingHandshake) => void;
  readonly #deadline: NodeJS.Timeout;

  /** `onFinish` is called once, however the handshake ends. */
  constructor(transport: Duplex, timeoutMs: number, onFinish: (handshake: PendingHandshake) => void) {
    this.transport = transport;
    this.#onFinish = onFinish;
    this.#deadline = setTimeout(() => {
      this.refuse({ status: 408, message: `The handshake took longer than ${timeoutMs} ms.` });
    }, timeoutMs);
    transport.on("error", ignoreError);
    transport.once("close", this.finish);
  }

  /** Whether the peer can still be answered. */
  get isOpen(): boolean {
    return !this.transport.writableEnded && !this.transport.destroyed;
  }

  /** Answers with a refusal. It is finished when the transport is gone: until then it counts as a connection. */
  refuse(refusal: Refusal): void {
    clearTimeout(this.#deadline);
    if (this.isOpen) refuse(this.transport, refusal);
  }

  /** The handshake has succeeded, or the transport is gone. */
  readonly finish = (): void => {
    clearTimeout(this.#deadline);
    this.transport.off("close", this.finish);
    this.#onFinish(this);
  };

  /** The transport's new owner listens for its errors. */
  handOver(): void {
    this.transport.off("error", ignoreError);
  }
}

/** A transport that fails before there is a connection is of no interest, but its error must have a listener. */
function ignoreError(): void {}
