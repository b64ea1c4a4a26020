import { ProtocolError } from "./errors.ts";
import { FrameParser } from "./frame-parser.ts";
import { MessageAssembler, type MessageAssemblerOptions } from "./message-assembler.ts";
import type { MessageHandler } from "./message-handler.ts";
import type { Role } from "./role.ts";

/**
 * The receiving half of a connection: bytes in, calls of a `MessageHandler` out. Whatever the bytes are, `receive` does
 * not throw: a broken rule ends in `onProtocolError`. After that, or after `onClose`, further input is ignored.
 */
export class MessageReceiver {
  readonly #assembler: MessageAssembler;
  readonly #parser: FrameParser;

  constructor(role: Role, handler: MessageHandler, options: MessageAssemblerOptions) {
    this.#assembler = new MessageAssembler(handler, options);
    this.#parser = new FrameParser(role, this.#assembler);
  }

  /**
   * Takes the next chunk, cut anywhere. It is unmasked in place and handed on. Returns whether the handler may have
   * kept a range of it, so that its memory must not be used again.
   */
  receive(chunk: Uint8Array): boolean {
    this.#assembler.hasShared = false;
    try {
      this.#parser.receive(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#assembler.fail(error);
    }
    return this.#assembler.hasShared;
  }

  /** Ignores all further input, from the next frame on. */
  stop(): void {
    this.#assembler.hasEnded = true;
  }
}
