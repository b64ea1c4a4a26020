/**
 * Errors of the command line.
 *
 * - `CommandError`: what the user asked for cannot be done. `code` names the rule, `exitCode` is what the process ends
 *   with: 2 for a mistake in an option, a config file or the input, 1 for a failure outside the command, 3 for a server
 *   that does not do what it is to. The message is
 *   one line for standard error, without a stack.
 */

interface CommandFailure {
  readonly exitCode: 1 | 2 | 3;
  readonly message: string;
}

/** Every way in which a command ends early. `{name}` in a message is filled from the facts. */
export const commandFailures = {
  CLI_OPTION_INVALID: { exitCode: 2, message: "{option} is {given}; allowed is {allowed}" },
  CLI_OPTION_NEEDS: { exitCode: 2, message: "{option} is given without {needed}; they go together" },
  CLI_FILE_UNREADABLE: { exitCode: 2, message: "{option} is {given}, which cannot be read: {reason}" },
  CLI_TLS_INVALID: {
    exitCode: 2,
    message: "{cert} and {key} are not a usable certificate and key: {reason}",
  },
  CLI_CONFIG_INVALID: { exitCode: 2, message: "{option} in {file} is {given}; allowed is {allowed}" },
  CLI_CONFIG_KEY_UNKNOWN: {
    exitCode: 2,
    message: "{file} has the unknown key {given}{suggestion}; allowed are {allowed}",
  },
  CLI_CONFIG_ENDPOINT: { exitCode: 2, message: "An endpoint in {file} cannot be made: {reason}" },
  CLI_CONFIG_AMBIGUOUS: { exitCode: 2, message: "There are {given}; keep one, or name one with --config" },
  CLI_CONFIG_UNREADABLE: { exitCode: 2, message: "{file} cannot be loaded: {reason}" },
  CLI_CONFIG_FILE_TYPE: {
    exitCode: 2,
    message: "--config is {given}; allowed is a file that ends with .json, .js, .mjs, .ts or .mts",
  },
  CLI_CONFIG_EXPORT: {
    exitCode: 2,
    message: "{file} has no configuration as its default export; write: export default defineConfig(…)",
  },
  CLI_CONFIG_TYPESCRIPT: {
    exitCode: 2,
    message:
      "{file} is TypeScript, which Node runs from 22.18 on, and this is Node {version}: install a newer Node, or write the file in JavaScript",
  },
  CLI_INPUT_INVALID: { exitCode: 2, message: "Line {line} of the input is not {allowed}" },
  CLI_INPUT_TOO_LONG: {
    exitCode: 2,
    message: "Line {line} of the input is longer than {limit} bytes, the most that is sent as one message",
  },
  CLI_CONNECT_FAILED: { exitCode: 1, message: "Cannot connect to {url}: {reason}" },
  CLI_BENCH_OPEN_FAILED: {
    exitCode: 1,
    message: "Only {opened} of {connections} connections to {url} could be opened: {reason}",
  },
  CLI_BENCH_NO_ECHO: {
    exitCode: 3,
    message:
      "{url} does not echo: {reason}; name an endpoint that sends each message back, such as /echo of `ropeway serve`",
  },
  CLI_BENCH_WRONG_ECHO: {
    exitCode: 3,
    message:
      "{wrong} of {connections} connections got something else than their echo, the first so: {reason}",
  },
  CLI_BENCH_LOST: {
    exitCode: 3,
    message:
      "{lost} of {connections} connections were lost, the first so: {reason}; see what the server says of it, or ask less of it with --connections or --rate",
  },
  CLI_BENCH_UNANSWERED: {
    exitCode: 3,
    message:
      "{messages} messages were not echoed within {seconds} s of the end; if the server is only too slow, ask less of it with --rate",
  },
} as const satisfies Record<string, CommandFailure>;

/** Names why a command ended early. */
export type CommandErrorCode = keyof typeof commandFailures;

/** A command cannot do what was asked; see the head of this file. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: CommandErrorCode;
  readonly exitCode: number;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: CommandErrorCode,
    facts: Readonly<Record<string, string | number>>,
    options?: { cause?: unknown },
  ) {
    const rule = commandFailures[code];
    super(fillPlaceholders(rule.message, facts), options);
    this.code = code;
    this.exitCode = rule.exitCode;
    this.facts = facts;
  }
}

/** Says why a file or a network call failed, for people: the first line without Node's prefixes and paths. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EISDIR") return "it is a folder";
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}

function fillPlaceholders(message: string, facts: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (_placeholder, name: string) =>
    String(facts[name]).replaceAll("\n", " "),
  );
}
