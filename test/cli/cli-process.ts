import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a command ended, and all that it wrote. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The arguments for Node that run the command from its source. */
export function cliArguments(args: readonly string[]): string[] {
  return ["-C", "@ropeway/source", entry, ...args];
}

/** The command `ropeway` as a process of its own, run from its source. Disposal kills it. */
export class CliProcess implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the process has ended and its output is complete. */
  readonly result: Promise<CliResult>;
  readonly #output = { stdout: "", stderr: "" };

  constructor(args: readonly string[], { cwd, env }: CliOptions = {}) {
    this.child = spawn(process.execPath, cliArguments(args), { cwd, env: { ...process.env, ...env } });
    for (const name of ["stdout", "stderr"] as const) {
      this.child[name].setEncoding("utf8").on("data", (text: string) => {
        this.#output[name] += text;
      });
    }
    // Input that nobody reads any more is no failure of the test.
    this.child.stdin.on("error", () => {});
    this.result = once(this.child, "close").then(([exitCode]) => ({
      exitCode: exitCode as number | null,
      ...this.#output,
    }));
  }

  /** Waits until the output matches, and returns the match. Fails if the process ends before. */
  async waitFor(name: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output[name]);
      if (match !== null) return match;
      const ended = await Promise.race([once(this.child[name], "data").then(() => null), this.result]);
      if (ended !== null && !pattern.test(ended[name])) {
        throw new Error(
          `ended with ${ended.exitCode} before ${pattern} in ${name}: ${ended.stdout}${ended.stderr}`,
        );
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.result;
  }
}

/** Runs a command to its end, with an input if there is one. */
export async function runCli(
  args: readonly string[],
  options: CliOptions & { input?: string } = {},
): Promise<CliResult> {
  await using command = new CliProcess(args, options);
  command.child.stdin.end(options.input ?? "");
  return await command.result;
}

/** `ropeway serve` on a free port, when it is ready. */
export class ServeProcess extends CliProcess {
  #url = "";

  static async start(args: readonly string[] = [], options: CliOptions = {}): Promise<ServeProcess> {
    const server = new ServeProcess(["serve", "--port", "0", ...args], options);
    const [, url = ""] = await server.waitFor("stdout", /^Ropeway is listening on (\S+) .*\n/m);
    server.#url = url;
    return server;
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#url;
  }

  get webSocketUrl(): string {
    return this.#url.replace("http", "ws");
  }
}
