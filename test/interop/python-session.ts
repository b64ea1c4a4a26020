import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { python, pythonScript } from "./python.ts";

const examplesFolder = fileURLToPath(new URL("../../examples/python", import.meta.url));

const environment = { ...process.env, PYTHONPATH: examplesFolder, PYTHONDONTWRITEBYTECODE: "1" };

/** Sooner than by default, as the network is near. */
const nearby = { retry_delay_s: [0.02, 0.2] };

/** A session of examples/python, as a process that does what it is told. Disposal kills it. */
export class PythonSession implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #ended: Promise<unknown>;

  /** `options` are those of `connect` in examples/python/ropeway.py. */
  constructor(url: string, options: object = {}) {
    const given = JSON.stringify({ ...nearby, ...options });
    this.#child = spawn(python.path, [pythonScript("session_client.py"), url, given], { env: environment });
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#ended = once(this.#child, "close");
  }

  /** See session_client.py. */
  tell(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** What it did next. */
  async next(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error("The Python client has ended");
    return JSON.parse(value) as unknown;
  }

  async take(count: number): Promise<unknown[]> {
    const records: unknown[] = [];
    while (records.length < count) records.push(await this.next());
    return records;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

/** Runs examples/python/echo.py, and gives what it printed. */
export async function runEcho(url: string): Promise<string> {
  const echo = [join(examplesFolder, "echo.py"), url, "0.01"];
  const { stdout } = await promisify(execFile)(python.path, echo, { env: environment });
  return stdout;
}
