export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif";

/** By content: a name or a declared type is only what somebody says. SVG is not among them, as it can carry scripts. */
export function pictureType(bytes: Uint8Array): PictureType | null {
  if (startsWith(bytes, 0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (startsWith(bytes, 0, "\xff\xd8\xff")) return "image/jpeg";
  if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) return "image/gif";
  if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) return "image/webp";
  if (startsWith(bytes, 4, "ftypavif") || startsWith(bytes, 4, "ftypavis")) return "image/avif";
  return null;
}

function startsWith(bytes: Uint8Array, start: number, signature: string): boolean {
  if (bytes.length < start + signature.length) return false;
  for (let index = 0; index < signature.length; index++) {
    if (bytes[start + index] !== signature.charCodeAt(index)) return false;
  }
  return true;
}
