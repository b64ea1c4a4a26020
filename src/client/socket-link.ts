import { type Link, sessionDefaults } from "../session/index.ts";
import type { TransportSocket } from "./transport-socket.ts";

/** The subprotocol of links, as PROTOCOL.md has it. */
export const linkProtocol = "ropeway.1";

/** Whom a link tells. */
export interface LinkOwner {
  receiveText(link: Link, frame: string): void;
  receiveBinary(link: Link, frame: Uint8Array): void;
  linkClosed(link: Link, code: number, reason: string): void;
  linkDrained(link: Link): void;
}

const bufferedBytesMax = sessionDefaults.linkBufferedBytesMax;
/** The standard has no event for it. */
const drainPollMs = 5;
const abnormal = 1006;

/** A WebSocket as a session's link. */
export class SocketLink implements Link {
  readonly #socket: TransportSocket;
  readonly #owner: LinkOwner;
  #isPolling = false;

  constructor(socket: TransportSocket, owner: LinkOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#checkProtocol();
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
      if (typeof data === "string") owner.receiveText(this, data);
      else owner.receiveBinary(this, new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      owner.linkClosed(this, code, reason);
    };
  }

  sendText(frame: string): void {
    this.#socket.send(frame);
  }

  sendBinary(frame: Uint8Array): void {
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }

  /** Who reads that there is too much, waits until there is not. */
  get bufferedAmount(): number {
    const bytes = this.#socket.bufferedAmount;
    if (bytes > bufferedBytesMax) this.#poll();
    return bytes;
  }

  close(code: number, reason: string): void {
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code, reason);
  }

  #checkProtocol(): void {
    if (this.#socket.protocol === linkProtocol) return;
    this.close(1000, "");
    this.#owner.linkClosed(this, abnormal, `the server does not speak ${linkProtocol}`);
  }

  #poll(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    setTimeout(() => {
      this.#isPolling = false;
      if (this.#socket.onclose !== null && this.bufferedAmount <= bufferedBytesMax)
        this.#owner.linkDrained(this);
    }, drainPollMs);
  }
}
