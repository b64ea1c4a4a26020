import { encodeClientFrame, encodeServerFrame, inflate, type Message } from "./frames.ts";

/** A server has a few ways to compress a message, such as with and without an empty block at its end. */
const compressedFormsMax = 8;

/** Messages that are written at once, and what is known of their echo. Many connections may share one. */
export class Burst {
  readonly messages: readonly Message[];
  /** The messages as the client's frames. */
  readonly request: Buffer;
  /** Of all payloads. */
  readonly payloadBytes: number;
  #reply: Buffer;
  readonly #compressedForms = new Map<Message, Buffer[]>();

  constructor(messages: readonly Message[]) {
    this.messages = messages;
    this.request = Buffer.concat(messages.map(encodeClientFrame));
    this.payloadBytes = messages.reduce((sum, { payload }) => sum + payload.length, 0);
    this.#reply = Buffer.concat(messages.map(encodeServerFrame));
  }

  /** The bytes by which the server most likely sends the echo. */
  get reply(): Buffer {
    return this.#reply;
  }

  /** An echo that was found right came by these bytes; they are copied. */
  learnReply(bytes: Buffer): void {
    this.#reply = Buffer.from(bytes);
  }

  /** Whether compressed bytes are one of the messages. Those that were before need not be inflated again. */
  isCompressedForm(message: Message, bytes: Buffer): boolean {
    const known = this.#compressedForms.get(message) ?? [];
    if (known.some((form) => form.equals(bytes))) return true;
    if (!inflatesTo(bytes, message.payload)) return false;
    if (known.length < compressedFormsMax) this.#compressedForms.set(message, [...known, Buffer.from(bytes)]);
    return true;
  }
}

function inflatesTo(bytes: Buffer, payload: Buffer): boolean {
  try {
    return inflate(bytes, payload.length + 1).equals(payload);
  } catch {
    return false;
  }
}
