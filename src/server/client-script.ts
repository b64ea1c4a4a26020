import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";

/** From the sources as well as from what is built of them. */
const builtFolder = new URL("../../dist/client/", import.meta.url);
const scriptType = "text/javascript; charset=utf-8";

interface Script {
  readonly text: Buffer;
  readonly etag: string;
  readonly mtimeMs: number;
}

/**
 * Serves the browser client that belongs to this server, as one ES module. It is public code, so every page of every
 * origin may load it; it is asked for again each time, so that it is never older than the server.
 */
export class ClientScript {
  readonly #file: string;
  readonly #type: string;
  #script: Script | undefined;

  constructor(file: string, type = scriptType) {
    this.#file = file;
    this.#type = type;
  }

  /** Answers a GET or HEAD. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setPublic(response);
    const script = await this.#read();
    if (script === undefined) return answerMissing(response);
    response.setHeader("ETag", script.etag).setHeader("Cache-Control", "no-cache");
    if (names(request.headers["if-none-match"], script.etag)) return void response.writeHead(304).end();
    response.writeHead(200, {
      "Content-Type": this.#type,
      "Content-Length": script.text.length,
    });
    response.end(request.method === "HEAD" ? undefined : script.text);
  }

  /** The file as it is now; undefined if there is none. */
  async #read(): Promise<Script | undefined> {
    try {
      const { mtimeMs } = await stat(this.#file);
      if (this.#script?.mtimeMs === mtimeMs) return this.#script;
      const text = await readFile(this.#file);
      const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
      this.#script = { text, etag, mtimeMs };
      return this.#script;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}

/** By what follows the server's path: the script, and its source map, which the script names as it was built. */
export function clientScripts(): ReadonlyMap<string, ClientScript> {
  const built = (name: string): string => fileURLToPath(new URL(name, builtFolder));
  return new Map([
    ["/client.js", new ClientScript(built("ropeway.js"))],
    ["/ropeway.js.map", new ClientScript(built("ropeway.js.map"), "application/json")],
  ]);
}

function setPublic(response: ServerResponse): void {
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  response.setHeader("X-Content-Type-Options", "nosniff");
}

function answerMissing(response: ServerResponse): void {
  response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end("The browser client is not built: run `npm run build`.\n");
}

/** RFC 9110 §13.1.2: a list, compared weakly. */
function names(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes("*") || tags.includes(etag);
}
