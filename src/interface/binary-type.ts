/** How binary messages are handed to listeners; "nodebuffer" is an addition to the standard's two. */
export type BinaryType = "blob" | "arraybuffer" | "nodebuffer";

/** What a message may be to a listener. */
export type MessageData = string | ArrayBuffer | Uint8Array | Blob;

/** Whether `binaryType` takes the value here: there are Buffers on Node alone. */
export function isBinaryType(value: unknown): value is BinaryType {
  return value === "blob" || value === "arraybuffer" || (value === "nodebuffer" && hasBuffers());
}

/** Received bytes as `binaryType` says. What shares their memory is the listener's, too. */
export function shapeBinary(bytes: Uint8Array, binaryType: BinaryType): ArrayBuffer | Uint8Array | Blob {
  if (binaryType === "blob") return new Blob([bytes]);
  const { byteOffset, byteLength } = bytes;
  const memory = bytes.buffer as ArrayBuffer;
  if (binaryType === "arraybuffer") {
    return byteLength === memory.byteLength ? memory : memory.slice(byteOffset, byteOffset + byteLength);
  }
  return bytes instanceof Buffer ? bytes : Buffer.from(memory, byteOffset, byteLength);
}

function hasBuffers(): boolean {
  return typeof Buffer === "function";
}
