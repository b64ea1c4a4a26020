import type { BinaryType, MessageData } from "../interface/index.ts";
import { type Line, type LineEnd, type LineOwner, noCode } from "./line.ts";
import type { TransportSocket } from "./transport-socket.ts";

/** A platform's WebSocket that is open, and that some server speaks something of its own on. */
export class PlainLine implements Line {
  readonly #socket: TransportSocket;

  constructor(socket: TransportSocket, owner: LineOwner, binaryType: BinaryType) {
    this.#socket = socket;
    let error: unknown;
    socket.binaryType = binaryType;
    socket.onmessage = ({ data }: { data: MessageData }) => owner.handleMessage(data);
    socket.onerror = (event: unknown) => {
      error = errorOf(event);
    };
    socket.onclose = ({ code, reason, wasClean }: LineEnd) => {
      owner.handleEnd({ code, reason, wasClean, ...(error === undefined ? {} : { error }) });
    };
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  setBinaryType(binaryType: BinaryType): void {
    this.#socket.binaryType = binaryType;
  }

  send(payload: string | Uint8Array | Blob): void {
    this.#socket.send(payload as string);
  }

  close(code: number, reason: string): void {
    if (code === noCode) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  abort(): void {
    this.#socket.close();
  }
}

/** What Node's event says of a failure; a browser's says nothing. */
export function errorOf(event: unknown): unknown {
  return (event as { error?: unknown }).error ?? new Error("The connection failed");
}
