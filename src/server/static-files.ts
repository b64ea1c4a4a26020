import type { ReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, join, resolve, sep } from "node:path";
import send from "send";
import { serverLimits } from "./limits.ts";

/** Answers a GET or HEAD with a file; false if there is none, and then nothing has been written. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** What `send` reports instead of sending a page of its own. */
interface SendError extends Error {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

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
    const target = request.url ?? "";
    if (!target.startsWith("/")) return false;
    const { pathname: path, search } = new URL(`http://host${target}`);
    // In the Location of a redirect, two slashes would begin a host.
    const pathname = path.replace(/^\/+/, "/");
    if (!(await isInside(root, pathname))) return false;
    return await sendFile(request, response, { root, pathname, search });
  };
}

/** Whether a path leads to something in the folder, wherever its links go; `send` would follow them out. */
async function isInside(root: string, pathname: string): Promise<boolean> {
  try {
    const path = join(root, decodeURIComponent(pathname), pathname.endsWith("/") ? "index.html" : "");
    const [realRoot, realFile] = await Promise.all([realpath(root), realpath(path)]);
    return `${realFile}${sep}`.startsWith(`${realRoot}${sep}`);
  } catch {
    return false;
  }
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { root, pathname, search }: { root: string; pathname: string; search: string },
): Promise<boolean> {
  const ownHeaders = new Set(response.getHeaderNames());
  return new Promise((found) => {
    if (response.destroyed) return found(true);
    response.once("close", () => found(true));
    send(request, pathname, { root, dotfiles: "ignore", cacheControl: false })
      .on("headers", (_response: ServerResponse, path: string) => {
        response.setHeader("Cache-Control", cacheControl(path));
      })
      .on("stream", (file: ReadStream) => {
        response.setTimeout(serverLimits.responseStallTimeout.default);
        // `send` does not see the end of a response that waits behind another one of its connection.
        if (response.destroyed) file.destroy();
        else response.once("close", () => file.destroy());
      })
      // Links in a page are relative to its last slash, so a folder must be asked for with one.
      .on("directory", () => {
        response.writeHead(308, { Location: `${pathname}/${search}`, "Content-Length": 0 }).end();
      })
      .on("error", ({ status, headers }: SendError) => {
        if (response.headersSent) return void response.destroy();
        for (const name of response.getHeaderNames()) if (!ownHeaders.has(name)) response.removeHeader(name);
        if (status !== 412 && status !== 416) return found(false);
        response.writeHead(status, { ...headers, "Content-Length": 0 }).end();
      })
      .pipe(response);
  });
}

function cacheControl(path: string): string {
  const [, hash = ""] = hashInName.exec(basename(path)) ?? [];
  const isHashed = basename(dirname(path)) === "assets" && looksRandom(hash);
  return isHashed ? "public, max-age=31536000, immutable" : "no-cache";
}

/** No word and no date: `my-document.css` and `photo-20240115.jpg` change under their names. */
function looksRandom(hash: string): boolean {
  return /[A-Za-z]/.test(hash) && /\d|_|[a-z-][A-Z]/.test(hash);
}
