import { toDomString } from "./web-idl.ts";

const noBytes = new Uint8Array(0);

/** What `send` takes, as the standard says; anything else is turned into a string. */
export type SendData = string | Blob | ArrayBuffer | ArrayBufferView;

/** What is to be sent, as one of the three kinds that can be: Web IDL's conversion to (BufferSource or Blob or USVString). */
export function toPayload(data: unknown): string | Uint8Array | Blob {
  if (typeof data === "string" || data instanceof Blob) return data;
  return bytesOf(data) ?? toDomString(data);
}

/**
 * The bytes of a buffer source, without a copy; undefined for anything else. Throws TypeError for shared memory, which
 * could change while it is being sent (Web IDL's BufferSource without [AllowShared]).
 */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) {
    rejectShared(data.buffer);
    // Perhaps it was transferred, and no view of it can be made.
    if (data.buffer.byteLength === 0) return noBytes;
    return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return data.byteLength === 0 ? noBytes : new Uint8Array(data);
  rejectShared(data);
  return undefined;
}

function rejectShared(data: unknown): void {
  if (typeof SharedArrayBuffer !== "undefined" && data instanceof SharedArrayBuffer) {
    throw new TypeError("Shared memory cannot be sent; send a copy of it: new Uint8Array(view).slice()");
  }
}
