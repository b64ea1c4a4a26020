import { type PictureType, pictureType } from "../../shared/picture-type.ts";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";
import { describeFileSize } from "./file-size.ts";

export interface Picture {
  name: string;
  type: PictureType;
  blob: Blob;
  bytes: Uint8Array<ArrayBuffer>;
}

/** In words for the page: what may be shown. */
export const PICTURE_RULE = `PNG, JPEG, GIF, WebP or AVIF up to ${describeFileSize(ROOM_LIMITS.pictureBytesMax)}`;

/** Why a file is not shown: its message is a sentence for a person. */
class UnfitPictureError extends Error {
  override name = "UnfitPictureError";
}

/** A file as a picture that this browser can decode. Rejects with `UnfitPictureError`. */
export async function readPicture(file: File): Promise<Picture> {
  if (file.size > ROOM_LIMITS.pictureBytesMax) {
    const [size, limit] = [file.size, ROOM_LIMITS.pictureBytesMax].map(describeFileSize);
    throw new UnfitPictureError(`“${file.name}” is ${size}; a picture may have ${limit}.`);
  }
  const bytes = await readBytes(file);
  const type = pictureType(bytes);
  if (type === null) throw new UnfitPictureError(`“${file.name}” ${explain(file)}`);
  const blob = new Blob([bytes], { type });
  try {
    (await createImageBitmap(blob)).close();
  } catch {
    throw new UnfitPictureError(`“${file.name}” looks like a picture, but this browser cannot read it.`);
  }
  return { name: file.name, type, blob, bytes };
}

async function readBytes(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new UnfitPictureError(`“${file.name}” could not be read.`);
  }
}

function explain(file: File): string {
  if (file.type === "image/svg+xml") return "is an SVG, which can carry scripts, so it is not taken.";
  if (file.type.startsWith("video/")) return "is a video: use “Video file” to show it.";
  return `is no picture that can be shown here (${PICTURE_RULE}).`;
}
