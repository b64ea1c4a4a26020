import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { off } from "./compression.ts";
import type { PeerServer, PeerServerKind, PeerServerOptions } from "./peer-server.ts";
import { python, pythonScript } from "./python.ts";

/** The server of Python's websockets, as a process. */
export const pythonServer: PeerServerKind = {
  name: "Python websockets",
  async start({ compression = off, certificate }: PeerServerOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), "ropeway-interop-"));
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    if (certificate !== undefined) {
      writeFileSync(files.cert, certificate.cert);
      writeFileSync(files.key, certificate.key, { mode: 0o600 });
    }
    const options = JSON.stringify({
      compression: compression.name,
      ...(certificate === undefined ? {} : files),
    });
    const child = spawn(python.path, [pythonScript("echo_server.py"), options]);
    child.stderr.pipe(process.stderr);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { port } = (await readRecord(lines)) as { port: number };
    rmSync(folder, { recursive: true });
    const url = `${certificate === undefined ? "ws" : "wss"}://127.0.0.1:${port}`;
    return new PythonServer(url, child, lines);
  },
};

class PythonServer implements PeerServer {
  readonly url: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(url: string, child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>) {
    this.url = url;
    this.#child = child;
    this.#lines = lines;
  }

  async nextEnd(): Promise<{ code: number; reason: string }> {
    return (await readRecord(this.#lines)) as { code: number; reason: string };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}

/** The next line of the process. */
async function readRecord(lines: AsyncIterator<string, unknown>): Promise<unknown> {
  const { done, value } = await lines.next();
  if (done === true) throw new Error("The Python server has ended");
  return JSON.parse(value) as unknown;
}
