export { bytesOf, type SendData, toPayload } from "../interface/index.ts";

/** Its size in bytes on the line. */
export function payloadBytesOf(payload: string | Uint8Array | Blob): number {
  if (typeof payload === "string") return Buffer.byteLength(payload);
  return payload instanceof Blob ? payload.size : payload.length;
}
