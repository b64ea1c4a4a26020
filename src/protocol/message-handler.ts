import type { ProtocolError } from "./errors.ts";

/**
 * What a `MessageReceiver` calls as bytes come in. A payload is the range `[start, end)` of `bytes`, unmasked, inflated
 * and, for text, valid UTF-8. `bytes` is the received chunk where the message lay in it whole, so that nothing is
 * copied or allocated; the receiver does not write to the range again, so a handler may keep it. Only a text's is valid
 * no longer than the call.
 */
export interface MessageHandler {
  /** `isAscii` says that the text is ASCII, where that was seen in passing: false means that it may still be. */
  onText(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void;
  onBinary(bytes: Uint8Array, start: number, end: number): void;
  onPing(bytes: Uint8Array, start: number, end: number): void;
  onPong(bytes: Uint8Array, start: number, end: number): void;
  /** The peer's Close frame: `code` is 1005 where it carried none. Nothing is called after it. */
  onClose(code: number, close: CloseReason): void;
  /** The peer broke a rule: fail the connection with `error.closeCode`. Nothing is called after it. */
  onProtocolError(error: ProtocolError): void;
}

/** The reason of a Close frame: valid UTF-8 in the range `[start, end)` of `bytes`. */
export interface CloseReason {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
