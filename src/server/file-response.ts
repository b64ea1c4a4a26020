import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { lookup } from "mrmime";
import { type ByteRange, parseByteRange } from "./byte-range.ts";
import { serverLimits } from "./limits.ts";

/** An open file and how it is to be served. */
export interface ServedFile {
  readonly file: FileHandle;
  readonly stats: Stats;
  /** Its name tells the type. */
  readonly path: string;
  readonly cacheControl: string;
}

/**
 * Answers a GET or HEAD with an open file: type, validators, 304 for a copy that is still good (RFC 9110 §13.1), one
 * range (§14). Length and content come from the same open file, whatever happens to its name. Ends when the response
 * has; a client that goes away, and a file that cannot be read to its end, cost their own connection only. The caller
 * closes the file.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { file, stats, path, cacheControl }: ServedFile,
): Promise<void> {
  const entityTag = `W/"${stats.size.toString(36)}-${Math.floor(stats.mtimeMs).toString(36)}"`;
  response.setHeader("Cache-Control", cacheControl);
  response.setHeader("ETag", entityTag);
  response.setHeader("Last-Modified", stats.mtime.toUTCString());
  if (isStillGood(request, entityTag, stats.mtime)) return void response.writeHead(304).end();

  response.setHeader("Accept-Ranges", "bytes");
  const range = requestedRange(request, stats.size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "Content-Range": `bytes */${stats.size}`, "Content-Length": 0 }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  if (range !== null) response.setHeader("Content-Range", `bytes ${start}-${end}/${stats.size}`);
  response.writeHead(range === null ? 200 : 206, {
    "Content-Type": mediaType(path),
    "Content-Length": end - start + 1,
  });
  if (request.method === "HEAD" || stats.size === 0) return void response.end();
  response.setTimeout(serverLimits.responseStallTimeout.default);
  await pipeline(file.createReadStream({ start, end, autoClose: false }), response).catch(() =>
    response.destroy(),
  );
}

/** Whether the client's copy, named by tag or else by date, is the file as it is (RFC 9110 §13.1.2, §13.1.3). */
function isStillGood({ headers }: IncomingMessage, entityTag: string, modified: Date): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined)
    return tags.trim() === "*" || tags.split(",").some((tag) => weak(tag.trim()) === entityTag);
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

function weak(tag: string): string {
  return tag.startsWith("W/") ? tag : `W/${tag}`;
}

/** If-Range needs a strong validator (RFC 9110 §13.1.5), which these files do not have: the whole file is the answer. */
function requestedRange(
  { method, headers }: IncomingMessage,
  size: number,
): ByteRange | "unsatisfiable" | null {
  if (method !== "GET" || headers["if-range"] !== undefined) return null;
  return parseByteRange(headers.range, size);
}

function mediaType(path: string): string {
  const type = lookup(path) ?? "application/octet-stream";
  return /^text\/|^application\/(?:json|manifest\+json)$|javascript$/.test(type)
    ? `${type}; charset=utf-8`
    : type;
}
