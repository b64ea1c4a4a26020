import type { BinaryType } from "./binary-type.ts";
import type {
  Payload,
  ReceivedMessage,
  SendOptions,
  SessionError,
  StreamKind,
  StreamOptions,
  StreamPriority,
} from "../session/index.ts";

/** A stream of the machine beneath, whichever session it belongs to at the moment. */
export interface StreamPort {
  /** "" for the stream that exists from the start. */
  readonly name: string;
  readonly kind: StreamKind;
  readonly priority: StreamPriority;
  readonly bufferedAmount: number;
  /** Whether `take` returns a message. */
  readonly isReadable: boolean;
  /** Those that have come and were not taken, also while `take` returns none. */
  readonly readableMessages: number;
  /** Bytes are the machine's from now on. */
  send(payload: Payload, options?: SendOptions): void;
  /** The next message: its handler starts. Undefined if there is none, or the one before has not settled. */
  take(): ReceivedMessage | undefined;
  /** The handler of the message that was taken has settled. */
  settle(): void;
}

/** The machine beneath a connection: a server's session, or a client's, which may be one after another. */
export interface SessionPort {
  readonly main: StreamPort;
  /** What was accepted and has not begun to be handled at the other end, of all streams. */
  readonly bufferedAmount: number;
  readonly bufferedMessages: number;
  stream(name: string, options?: StreamOptions): StreamPort;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Ends it by a rule. */
  end(error: SessionError): void;
}

/** What all connections of a server, or a client's only one, have in common. */
export interface SessionFaceOptions {
  /** Where warnings go: what a developer should know of. */
  readonly log: { warn(message: string): void };
  /** Milliseconds, on a clock that does not go back. */
  now(): number;
  /** Calls once, after so many milliseconds or later. It need not keep the program alive. */
  after(delayMs: number, action: () => void): void;
  /** A server may close with every code that is for the wire; a client with those of the standard. */
  readonly isServer: boolean;
  readonly binaryType: BinaryType;
  /** Past it a handler ends the session; 0: never. */
  readonly handlerTimeoutMs: number;
  /** The bound of what waits behind a Blob that is being read; the machine has its own of what it has. */
  readonly bufferedBytesMax: number;
  readonly bufferedMessagesMax: number;
}
