/** What `send` takes, as the standard says; anything else is turned into a string. */
export type SendData = string | Blob | ArrayBufferLike | ArrayBufferView;

/**
 * The bytes of a buffer source, without a copy; undefined for anything else. Throws TypeError for shared memory, which
 * could change while it is being sent (Web IDL's BufferSource without [AllowShared]).
 */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) {
    rejectShared(data.buffer);
    return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  rejectShared(data);
  return undefined;
}

function rejectShared(data: unknown): void {
  if (typeof SharedArrayBuffer !== "undefined" && data instanceof SharedArrayBuffer) {
    throw new TypeError("Shared memory cannot be sent; send a copy of it: new Uint8Array(view).slice()");
  }
}
