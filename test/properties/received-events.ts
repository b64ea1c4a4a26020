import { constants, inflateRawSync } from "node:zlib";
import {
  type CloseReason,
  type Inflater,
  type MessageHandler,
  MessageReceiver,
  type ProtocolError,
  type Role,
} from "../../src/protocol/index.ts";

/** What a receiver told its handler, in a form that compares and prints well. */
export type ReceivedEvent = readonly [kind: string, ...facts: (string | number)[]];

export interface ReceiverSetup {
  role: Role;
  /** Whether permessage-deflate was agreed, without context takeover. */
  deflate?: boolean;
  maxPayload?: number;
  maxFragments?: number;
}

export class EventLog implements MessageHandler {
  readonly events: ReceivedEvent[] = [];

  onText(bytes: Uint8Array, start: number, end: number): void {
    this.events.push([
      "text",
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end)),
    ]);
  }
  onBinary(bytes: Uint8Array, start: number, end: number): void {
    this.events.push(["binary", hex(bytes, start, end)]);
  }
  onPing(bytes: Uint8Array, start: number, end: number): void {
    this.events.push(["ping", hex(bytes, start, end)]);
  }
  onPong(bytes: Uint8Array, start: number, end: number): void {
    this.events.push(["pong", hex(bytes, start, end)]);
  }
  onClose(code: number, { bytes, start, end }: CloseReason): void {
    this.events.push(["close", code, hex(bytes, start, end)]);
  }
  onProtocolError({ code, closeCode }: ProtocolError): void {
    this.events.push(["error", closeCode, code]);
  }
}

export function newReceiver(setup: ReceiverSetup, log: EventLog): MessageReceiver {
  return new MessageReceiver(setup.role, log, {
    maxPayload: setup.maxPayload ?? 1_000_000,
    maxFragments: setup.maxFragments ?? 10_000,
    allocate: (bytes) => new Uint8Array(bytes),
    inflater: setup.deflate === true ? zlibInflater : undefined,
  });
}

/**
 * What a fresh receiver makes of the chunks. They are copied first, as a receiver unmasks in place, to Buffers, as
 * Node's sockets give them. The memory of those of which it says that nothing was kept is used for something else.
 */
export function receivedEvents(
  setup: ReceiverSetup,
  chunks: readonly Uint8Array[],
): readonly ReceivedEvent[] {
  const log = new EventLog();
  const receiver = newReceiver(setup, log);
  for (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    if (!receiver.receive(copy)) copy.fill(0xaa);
  }
  return log.events;
}

/** Inflates as RFC 7692 §7.2.2 says, each message by itself. */
export const zlibInflater: Inflater = {
  inflate(compressed, bytesMax) {
    const whole = Buffer.concat([compressed, Buffer.from([0, 0, 0xff, 0xff])]);
    try {
      return inflateRawSync(whole, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(bytesMax, 1),
      });
    } catch (error) {
      return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "invalid";
    }
  },
};

function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString("hex");
}
