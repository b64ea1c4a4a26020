import { historyLineCharactersMax, historyLinesMax } from "./connect/line-history.ts";
import { unansweredBurstsMax } from "./load/echo-load.ts";

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
  benchConnectionsMax: {
    default: 60_000,
    unit: "connections",
    where: "--connections",
    description: "What `ropeway bench` opens; the process's limit on open files holds, too (ulimit -n)",
    past: "exit code 2, CLI_OPTION_INVALID",
  },
  benchMessageBytesMax: {
    default: 16 * 1024 * 1024,
    unit: "bytes",
    where: "--size",
    description: "A message of `ropeway bench`",
    past: "exit code 2, CLI_OPTION_INVALID",
  },
  benchBurstMax: {
    default: 10_000,
    unit: "messages",
    where: "--burst",
    description: "What a connection of `ropeway bench` writes at once",
    past: "exit code 2, CLI_OPTION_INVALID",
  },
  benchBurstBytesMax: {
    default: 64 * 1024 * 1024,
    unit: "bytes",
    where: "--burst, --size",
    description: "What a connection of `ropeway bench` writes at once",
    past: "exit code 2, CLI_OPTION_INVALID",
  },
  benchPreparedBytesMax: {
    default: 64 * 1024 * 1024,
    unit: "bytes",
    where: "fixed",
    description: "Messages that `ropeway bench` prepares, at most those of 64 connections",
    past: "connections send the same messages as others",
  },
  benchUnansweredBurstsMax: {
    default: unansweredBurstsMax,
    unit: "bursts",
    where: "fixed",
    description: "At a rate, what waits for its echo on all connections together, besides one on each",
    past: "what is due is sent later; its latency counts from when it was due",
  },
  benchDrainMs: {
    default: 5_000,
    unit: "ms",
    where: "fixed",
    description: "From the end of `ropeway bench` to the last echo",
    past: "exit code 3, CLI_BENCH_UNANSWERED",
  },
  benchCloseMs: {
    default: 1_000,
    unit: "ms",
    where: "fixed",
    description: "What servers have to end the connections of `ropeway bench` after its Close frames",
    past: "the connections are cut",
  },
} as const;
