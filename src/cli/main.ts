#!/usr/bin/env node
// The entry of the command `ropeway`. Nothing newer than a dynamic import stands here or in node-version.ts, so that a
// Node that is too old still gets to say so.
import { nodeVersionProblem } from "./node-version.ts";

const problem = nodeVersionProblem(process.versions.node);
if (problem === null) {
  void import("./command-line.ts")
    .then((commandLine) => commandLine.runCommandLine(process.argv.slice(2)))
    // An endpoint of a config file may hold timers, so the process does not end by itself.
    .then((exitCode) => process.exit(exitCode));
} else {
  console.error(problem);
  process.exitCode = 1;
}
