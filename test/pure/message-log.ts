import type { CloseReason, MessageHandler, ProtocolError } from "../../src/protocol/index.ts";
import { textOf } from "./frames.ts";

/** Notes what a receiver tells its handler, payloads as text wherever that can be. */
export class MessageLog implements MessageHandler {
  readonly events: (string | number)[][] = [];
  /** Where each payload lay. */
  readonly memory: Uint8Array[] = [];
  readonly errors: ProtocolError[] = [];

  onText(bytes: Uint8Array, start: number, end: number): void {
    this.#note("text", bytes, start, end);
  }

  onBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#note("binary", bytes, start, end);
  }

  onPing(bytes: Uint8Array, start: number, end: number): void {
    this.#note("ping", bytes, start, end);
  }

  onPong(bytes: Uint8Array, start: number, end: number): void {
    this.#note("pong", bytes, start, end);
  }

  onClose(code: number, { bytes, start, end }: CloseReason): void {
    this.events.push(["close", code, textOf(bytes, start, end)]);
  }

  onProtocolError(error: ProtocolError): void {
    this.events.push(["error", error.code]);
    this.errors.push(error);
  }

  #note(kind: string, ...[bytes, start, end]: [Uint8Array, number, number]): void {
    this.memory.push(bytes);
    this.events.push([kind, kind === "binary" ? readable(bytes, start, end) : textOf(bytes, start, end)]);
  }
}

function readable(...range: [bytes: Uint8Array, start: number, end: number]): string {
  try {
    return textOf(...range);
  } catch {
    return "not text";
  }
}
