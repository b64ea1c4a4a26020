import { historyLineCharactersMax, historyLinesMax } from "./connect/line-history.ts";

/** The limits that the command line holds; a row each of LIMITS.md. */
export const commandLimits = {
  inputLineBytesMax: {
    default: 16 * 1024 * 1024,
    unit: "bytes",
    where: "fixed",
    description: "A line of the input of `ropeway connect` in a pipe",
    past: "exit code 2, CLI_INPUT_TOO_LONG; the lines before it are sent",
  },
  sendBacklogBytesMax: {
    default: 256 * 1024,
    unit: "bytes",
    where: "fixed",
    description: "Lines of `ropeway connect` in a pipe that the server has not taken yet, besides the last",
    past: "nothing more is read from the input until they have left",
  },
  echoBacklogBytesMax: {
    default: 256 * 1024,
    unit: "bytes",
    where: "fixed",
    description: "What `/echo` of `ropeway serve` owes a reader before it waits for it",
    past: "nothing more is read from that client until it has read",
  },
  repeatedInterruptMs: {
    default: 1_000,
    unit: "ms",
    where: "fixed",
    description: "From a SIGINT to another one that counts as the same, as Ctrl-C gives two under npm",
    past: "the later one asks to end at once",
  },
  historyLinesMax: {
    default: historyLinesMax,
    unit: "lines",
    where: "fixed",
    description: "The history of `ropeway connect`",
    past: "the oldest line is forgotten",
  },
  historyLineCharactersMax: {
    default: historyLineCharactersMax,
    unit: "UTF-16 code units",
    where: "fixed",
    description: "A line in the history of `ropeway connect`",
    past: "the line is sent, but not kept",
  },
} as const;
