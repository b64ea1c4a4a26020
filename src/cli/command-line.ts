import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { type Logger, ServerError } from "../server/index.ts";
import { bench } from "./bench/bench.ts";
import { type BenchFlags, benchOptions } from "./bench/bench-options.ts";
import { type ConnectFlags, connectOptions } from "./connect/connect-options.ts";
import { runInteractive } from "./connect/interactive-session.ts";
import { historyFile, LineHistory } from "./connect/line-history.ts";
import { runPipe } from "./connect/pipe-session.ts";
import { chooseStyle } from "./connect/style.ts";
import { CommandError } from "./errors.ts";
import { serve } from "./serve/serve.ts";
import type { ServeFlags } from "./serve/serve-settings.ts";
import { StopSignals } from "./stop-signals.ts";

/** Runs `ropeway` with its arguments; resolves with the exit code. Whatever goes wrong is one line on standard error. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return reportFailure(error);
  }
}

function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command("ropeway")
    .description("Ropeway: a WebSocket server, a terminal client and a load generator")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureOutput({ outputError: (text, write) => write(`ropeway: ${oneLine(text)}\n`) })
    .exitOverride();
  addServe(program, setExitCode);
  addConnect(program, setExitCode);
  addBench(program, setExitCode);
  return program;
}

function addServe(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("serve")
    .summary("run a server: echo, health check, files")
    .description(
      "Runs a server with a WebSocket echo at /echo, a health check at /healthz, the files of a folder, and the " +
        "endpoints of a config file. SIGTERM or Ctrl-C stops it gracefully, a second one at once.",
    )
    .option("--host <host>", "address to listen on (default: 127.0.0.1, this machine only)")
    .option("-p, --port <port>", "port to listen on, 0 for any that is free (default: 8080)")
    .option("--static <folder>", "serve the files of this folder at /")
    .option("--cert <file>", "certificate (PEM): serve https: and wss:, with --key")
    .option("--key <file>", "private key of the certificate (PEM)")
    .option(
      "--origin <origin>",
      'let pages of this origin connect instead of the server\'s own; "*" for all (repeatable)',
      collect,
    )
    .option("--grace-ms <ms>", "how long connections may take to end when stopping (default: 5000)")
    .option("-c, --config <file>", "config file (default: ropeway.config.json, .js or .ts in this folder)")
    .option("-q, --quiet", "print warnings and errors only")
    .addHelpText("after", serveHelp)
    .allowExcessArguments(false)
    .action(async (flags: ServeFlags) => {
      using signals = new StopSignals(process, ["SIGTERM", "SIGINT"]);
      setExitCode(
        await serve(flags, {
          signals,
          createLog,
          folder: process.cwd(),
          runsTypeScript: Boolean(process.features.typescript),
          nodeVersion: process.versions.node,
        }),
      );
    });
}

const serveHelp = `
Options win over the config file, which holds the same and the endpoints:

  import { defineConfig } from "ropeway/server";
  export default defineConfig({
    port: 9000,
    endpoints: {
      "/chat": ({ socket }) => {
        socket.onmessage = ({ data }) => socket.send(data);
      },
    },
  });

Exit codes: 0 stopped gracefully, 1 cannot listen, 2 wrong option or config
file, 128 + n ended at once by signal n.`;

function addConnect(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command("connect")
    .summary("talk to a server, at a prompt or in a pipe")
    .description(
      "Connects to a WebSocket server. At a terminal: a prompt, /help lists its commands. In a pipe: each line in is a " +
        "message, each message is a line out.",
    );
  addDialOptions(command)
    .option(
      "--ping <seconds>",
      "ping when the server is silent for so long; as long again ends the connection",
    )
    .option("--max-payload <bytes>", "longest message to accept (default: 16777216)")
    .option("--binary", "lines are hex and are sent as binary messages")
    .option(
      "--json",
      'in a pipe: lines are {"type":"text","data":"…"} or {"type":"binary","data":"HEX"}, both ways',
    )
    .option(
      "--wait <seconds>",
      'in a pipe: close after so long a silence at the end, or "forever" (default: 1)',
    )
    .addOption(new Option("--no-history", "at a terminal: neither read nor keep the history of lines"))
    .addHelpText("after", connectHelp)
    .allowExcessArguments(false)
    .action(async (url: string, flags: ConnectFlags) => setExitCode(await connect(url, flags)));
}

/** How a connection is opened, the same for every command that does. */
function addDialOptions(command: Command): Command {
  return command
    .argument("<url>", "ws: or wss: URL; http: and https: URLs and host:port are taken, too")
    .option("-H, --header <header>", 'send a header, such as "Authorization: Bearer …" (repeatable)', collect)
    .option("-s, --subprotocol <name>", "offer a subprotocol (repeatable)", collect)
    .option("--origin <origin>", "send this Origin, as a page from there would")
    .option("--ca <file>", "trust the certificates in this file (PEM)")
    .option("--insecure", "trust any certificate, for a test")
    .option("--compress", "offer permessage-deflate")
    .option("--timeout <seconds>", "how long the handshake may take (default: 10)");
}

const connectHelp = `
Exit codes: 0 ended well (by this side, or by the server with 1000, 1001 or no
code), 1 cannot connect, 2 wrong option or input, 3 ended by the server with
another code or lost, 128 + n ended by signal n.`;

async function connect(url: string, flags: ConnectFlags): Promise<number> {
  const options = connectOptions(url, flags);
  const { stdin, stdout, stderr, env } = process;
  using signals = new StopSignals(process, [
    "SIGTERM",
    "SIGINT",
    ...(stdin.isTTY ? (["SIGHUP"] as const) : []),
  ]);
  if (stdin.isTTY && stdout.isTTY) {
    const history = new LineHistory(options.keepsHistory ? historyFile(env) : null);
    const style = chooseStyle(stdout.isTTY, env);
    return await runInteractive(options, { input: stdin, output: stdout, style, history, signals });
  }
  return await runPipe(options, {
    input: stdin,
    output: stdout,
    note: (line) => stderr.write(`ropeway: ${line}\n`),
    signals,
  });
}

function addBench(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command("bench")
    .summary("load an echo server, and report")
    .description(
      "Loads a WebSocket server that sends each message back, compares every echo, and reports messages a second, " +
        "latencies and, for a server on this machine (Linux), its CPU time per message and memory per connection.",
    );
  addDialOptions(command)
    .option("-c, --connections <count>", "connections to open (default: 100)")
    .option("-r, --rate <count>", "messages a second in all (default: each sends when its echo is back)")
    .option("--size <bytes>", "size of a message (default: 32)")
    .option("--burst <count>", "messages that a connection writes at once (default: 1)")
    .option("--binary", "send binary messages instead of text")
    .option("-d, --duration <seconds>", "how long to measure (default: 10)")
    .option("--warm-up <seconds>", "how long to load before that (default: 1)")
    .option("--pid <pid>", "the server's process (default: the one that holds the connections)")
    .option("--json", "print the report as JSON")
    .addHelpText("after", benchHelp)
    .allowExcessArguments(false)
    .action(async (url: string, flags: BenchFlags) => {
      const options = benchOptions(url, flags);
      using signals = new StopSignals(process, ["SIGTERM", "SIGINT"]);
      const { stdout, stderr } = process;
      setExitCode(
        await bench(options, {
          signals,
          print: (text) => stdout.write(text),
          progress: stderr.isTTY ? (text) => stderr.write(text) : null,
        }),
      );
    });
}

const benchHelp = `
Latency is from when a message was due to the last byte of its echo, so that at
a rate a server that stalls is charged with all that had to wait.

Exit codes: 0 measured, 1 cannot connect, 2 wrong option, 3 the server does not
echo, or connections or echoes were lost, 128 + n ended by signal n, with a
report of what there was.`;

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function createLog({ quiet }: { quiet: boolean }): Logger {
  return {
    info: (message) => void (quiet || process.stdout.write(`${message}\n`)),
    warn: (message) => void process.stderr.write(`ropeway: ${message}\n`),
    error: (message) => void process.stderr.write(`ropeway: ${message}\n`),
  };
}

/** A mistake and a closed door are one line; anything else is a fault of ours, of which the stack tells. */
function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has written its message; help and version are no failure.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof CommandError || error instanceof ServerError) {
    process.stderr.write(`ropeway: ${error.message}\n`);
    return error instanceof CommandError ? error.exitCode : 1;
  }
  console.error(error);
  return 1;
}

/** Commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
