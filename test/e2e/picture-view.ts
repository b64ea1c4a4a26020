import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ParlorPage } from "./parlor-page.ts";

export interface PictureFacts {
  byteLength: number;
  sha256: string;
}

export async function fileFacts(path: string): Promise<PictureFacts> {
  const bytes = await readFile(path);
  return { byteLength: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Of the bytes behind the latest picture in the conversation, once the browser has decoded it. */
export async function shownPicture(viewer: ParlorPage): Promise<PictureFacts> {
  await viewer.waitFor(() => {
    const image = Array.from(document.querySelectorAll<HTMLImageElement>(".shown-picture img")).at(-1);
    return image?.complete && image.naturalWidth > 0;
  });
  return viewer.page.evaluate(async () => {
    const image = Array.from(document.querySelectorAll<HTMLImageElement>(".shown-picture img")).at(-1);
    const bytes = await window.taps.blobs.get(image?.src ?? "")?.arrayBuffer();
    if (bytes === undefined) throw new Error("There is no blob behind the picture");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { byteLength: bytes.byteLength, sha256 };
  });
}

/** As a person's drag or paste brings a file, which no browser lets a test do with a real one. */
export async function bringPicture(to: ParlorPage, how: "drop" | "paste", path: string): Promise<void> {
  const base64 = (await readFile(path)).toString("base64");
  await to.page.evaluate(
    (type, encoded) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], "brought.png", { type: "image/png" }));
      const common = { bubbles: true, cancelable: true };
      const event =
        type === "drop"
          ? new DragEvent("drop", { ...common, dataTransfer: transfer })
          : new ClipboardEvent("paste", common);
      // Firefox leaves out the files of a clipboard that a script made.
      if (type === "paste") Object.defineProperty(event, "clipboardData", { value: transfer });
      document.querySelector("textarea")?.dispatchEvent(event);
    },
    how,
    base64,
  );
}
