/** How binary messages are handed to listeners; "nodebuffer" is an addition to the standard's two. */
export type BinaryType = "blob" | "arraybuffer" | "nodebuffer";

export function isBinaryType(value: unknown): value is BinaryType {
  return value === "blob" || value === "arraybuffer" || value === "nodebuffer";
}

/** A received message as `binaryType` says: a view of what was received, or a copy in a buffer of its own. */
export function shapeBinary(message: Buffer, binaryType: BinaryType): Buffer | ArrayBuffer | Blob {
  if (binaryType === "nodebuffer") return message;
  if (binaryType === "blob") return new Blob([message]);
  return new Uint8Array(message).buffer;
}
