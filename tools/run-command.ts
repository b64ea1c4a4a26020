import { spawn, type ChildProcess } from "node:child_process";

export interface CommandOptions {
  /** `inherit` shows the output as it comes (the default), `capture` returns it. */
  readonly output?: "inherit" | "capture";
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The command is ended after this time and counts as failed; without it, it may take for ever. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** The exit code; 1 for a command that could not start, that a signal ended or that ran out of time. */
  readonly code: number;
  /** What it wrote to both of its outputs, and the reason if it was not the command that ended itself. */
  readonly output: string;
  readonly seconds: number;
}

const KILL_AFTER_MS = 5_000;
const running = new Set<ChildProcess>();

/** Runs a program with no standard input and waits for its end. Never rejects: what went wrong is in the result. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { output = "inherit", env, cwd, timeoutMs } = options;
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const chunks: Buffer[] = [];
  const piped = output === "capture" ? "pipe" : "inherit";
  const child = spawn(command, args, {
    stdio: ["ignore", piped, piped],
    cwd,
    env: { ...process.env, ...env },
  });
  let reason = "";
  const deadline = timeoutMs === undefined ? undefined : setTimeout(stopLate, timeoutMs);
  running.add(child);
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", (error) => finish(1, `${command} could not be started: ${error.message}`));
  child.on("close", (code, signal) =>
    finish(code ?? 1, signal === null ? "" : `${command} was ended by ${signal}`),
  );
  return promise;

  function stopLate(): void {
    reason = `${command} took longer than ${(timeoutMs ?? 0) / 1000} s. `;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
  }

  function finish(code: number, ending: string): void {
    clearTimeout(deadline);
    running.delete(child);
    const said = Buffer.concat(chunks).toString();
    const note = reason + ending;
    if (note !== "" && output === "inherit") console.error(note);
    const seconds = (performance.now() - started) / 1000;
    resolve({
      code: reason === "" ? code : code || 1,
      output: note === "" ? said : `${said}${note}\n`,
      seconds,
    });
  }
}

/**
 * Lets SIGINT and SIGTERM end the commands under way and then this process, so that nothing is left running.
 * The function that it returns takes that back.
 */
export function endCommandsOnSignal(): () => void {
  const endInterrupted = (): void => endAll("SIGINT", 130);
  const endTerminated = (): void => endAll("SIGTERM", 143);
  process.once("SIGINT", endInterrupted);
  process.once("SIGTERM", endTerminated);
  return () => {
    process.off("SIGINT", endInterrupted);
    process.off("SIGTERM", endTerminated);
  };
}

function endAll(signal: NodeJS.Signals, code: number): never {
  for (const child of running) child.kill(signal);
  process.exit(code);
}
