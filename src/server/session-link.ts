import type { Link, ServerLink } from "../session/index.ts";
import { sessionLimits } from "../session/index.ts";
import type { CloseEvent, MessageEvent, SocketEvent, WebSocketConnection } from "../websocket/index.ts";

/** The events that a link listens to. */
type LinkEvent = MessageEvent | CloseEvent | SocketEvent;

/** What a link tells of itself. */
export interface SessionLinkOwner {
  noteReceived(bytes: number): void;
  /** Nothing will come of it any more. */
  linkEnded(machine: ServerLink): void;
}

const askBytes = sessionLimits.linkBufferedBytesMax.default / 2;

/** A WebSocket connection as a link of a session: each message is a frame. */
export class SessionLink implements Link {
  readonly #socket: WebSocketConnection;
  readonly #owner: SessionLinkOwner;
  #machine: ServerLink | undefined;
  /** What waited when the socket was last asked, and what it was given since. */
  #waitingBytes = 0;
  #isAwaitingDrain = false;

  constructor(socket: WebSocketConnection, owner: SessionLinkOwner) {
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Hands the frames of the socket to the machine from now on. */
  start(machine: ServerLink): void {
    // A link that was closed at once hears nothing.
    if (this.#socket.readyState !== 1) return;
    this.#machine = machine;
    this.#socket.addEventListener("message", this);
    this.#socket.addEventListener("close", this);
  }

  /**
   * What waits, or more. The socket is asked only when it could be much: asking it after each message would have it tell
   * each time that all has left.
   */
  get bufferedAmount(): number {
    if (this.#waitingBytes > askBytes) this.#ask();
    return this.#waitingBytes;
  }

  sendText(frame: string): void {
    this.#waitingBytes += frame.length;
    this.#socket.send(frame);
  }

  sendBinary(frame: Uint8Array): void {
    this.#waitingBytes += frame.length;
    this.#socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reason);
  }

  handleEvent(event: LinkEvent): void {
    const machine = this.#machine;
    if (machine === undefined) return;
    if (event.type === "message") this.#receive(machine, (event as MessageEvent).data as string | Buffer);
    else if (event.type === "drain") this.#drained(machine);
    else {
      this.#end();
      machine.closed();
    }
  }

  #receive(machine: ServerLink, frame: string | Buffer): void {
    this.#owner.noteReceived(frame.length);
    if (typeof frame === "string") machine.receiveText(frame);
    else machine.receiveBinary(frame);
  }

  #ask(): void {
    this.#waitingBytes = this.#socket.bufferedAmount;
    if (this.#isAwaitingDrain || this.#waitingBytes === 0) return;
    this.#isAwaitingDrain = true;
    this.#socket.addEventListener("drain", this);
  }

  #drained(machine: ServerLink): void {
    this.#waitingBytes = 0;
    machine.drained();
  }

  #end(): void {
    const machine = this.#machine;
    this.#machine = undefined;
    if (machine !== undefined) this.#owner.linkEnded(machine);
  }
}
