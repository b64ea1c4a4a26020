/** A transport connection as a session sees it: whole frames, in order, until it is lost. */
export interface Link {
  sendText(frame: string): void;
  /** The bytes are the link's: nobody changes them later. */
  sendBinary(frame: Uint8Array): void;
  /**
   * Bytes handed over which the transport has not taken. While it is above `linkBufferedBytesMax` the session waits;
   * whoever owns the link then calls `linkDrained` when it fell.
   */
  readonly bufferedAmount: number;
  /** No frame is wanted any more. The session hears nothing further of this link. */
  close(code: number, reason: string): void;
}
