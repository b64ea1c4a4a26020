import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, resolve, sep } from "node:path";
import { sendFile } from "./file-response.ts";
import { staticPath } from "./static-path.ts";

/** Answers a GET or HEAD with a file; false if there is none, and then nothing has been written. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The hash in what Vite and its like name by content: `name-HASH.ext`. */
const hashInName = /^.+-([\w-]{8})\.\w+$/;

/**
 * Serves the files of a folder as they are at each request, so that a new build shows without a restart. A path that
 * ends in `/` means its `index.html`. Names that begin with a dot, and links that lead out of the folder, are not
 * served. Files in a folder `assets` under a hashed name may be kept for ever; all others are asked for again.
 */
export function staticFiles(folder: string): StaticFiles {
  const root = resolve(folder);
  return async (request, response) => {
    const names = staticPath(request.url ?? "");
    if (names === null) return false;
    if (names.at(-1) === "") names[names.length - 1] = "index.html";
    const path = join(root, ...names);
    const file = await openInside(root, path);
    if (file === null) return false;
    try {
      const stats = await file.stat();
      if (stats.isDirectory()) redirectToFolder(request, response);
      else if (stats.isFile())
        await sendFile(request, response, { file, stats, path, cacheControl: cacheControl(names) });
      return response.headersSent;
    } finally {
      await file.close();
    }
  };
}

/** Not blocking, as opening a pipe would wait for a writer for ever. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function openInside(root: string, path: string): Promise<FileHandle | null> {
  try {
    const [realRoot, realFile] = await Promise.all([realpath(root), realpath(path)]);
    if (realFile !== realRoot && !realFile.startsWith(realRoot + sep)) return null;
    return await open(realFile, openFlags);
  } catch {
    return null;
  }
}

/** Links in a page are relative to its last slash, so a folder must be asked for with one. */
function redirectToFolder(request: IncomingMessage, response: ServerResponse): void {
  const [, path, query] = /^([^?#]*)(.*)$/s.exec(request.url ?? "/") ?? [];
  response.writeHead(308, { Location: `${path}/${query}`, "Content-Length": 0 }).end();
}

function cacheControl(names: readonly string[]): string {
  const [, hash = ""] = hashInName.exec(names.at(-1) ?? "") ?? [];
  const isHashed = names.at(-2) === "assets" && looksRandom(hash);
  return isHashed ? "public, max-age=31536000, immutable" : "no-cache";
}

/** No word and no date: `my-document.css` and `photo-20240115.jpg` change under their names. */
function looksRandom(hash: string): boolean {
  return /[A-Za-z]/.test(hash) && /\d|_|[a-z-][A-Z]/.test(hash);
}
