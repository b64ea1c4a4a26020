import { parseArgs } from "node:util";
import { tallied } from "../chaos-book.ts";
import { type ChaosProgress, type ChaosResult, runChaos } from "../chaos-run.ts";

/**
 * Sends messages both ways through a proxy that cuts, freezes, half-closes, delays and refuses, and says of each what
 * became of it. Ends with code 1 if any was lost, repeated or reordered, or anything else happened that does not.
 */
const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "1000000" },
    cuts: { type: "string", default: "1000" },
    connections: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    /** So many starts the server does not tell of, to see that the run notices. */
    conceal: { type: "string", default: "0" },
    /** After so many seconds without any progress the rest counts as lost. */
    stall: { type: "string", default: "60" },
  },
});

function count(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`--${name} is ${values[name]}; it is a whole number`);
  return value;
}

const printEveryS = 10;
let printed = 0;
const inWords = (value: number): string => value.toLocaleString("en-US");

function print(progress: ChaosProgress): void {
  if (progress.seconds < printed + printEveryS) return;
  printed = progress.seconds;
  const { seconds, begun, cuts, resumes, connected } = progress;
  process.stdout.write(
    `${seconds.toFixed(0).padStart(5)} s: ${inWords(begun.up)} up, ${inWords(begun.down)} down, ${inWords(cuts)} cuts, ${inWords(resumes)} resumes, ${connected} connected\n`,
  );
}

function tableOf({ tallies }: ChaosResult): string {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(12) : cell.padStart(14))).join("");
  const rows = tallied.map((name) => row([name, inWords(tallies.up[name]), inWords(tallies.down[name])]));
  return [row(["messages", "up", "down"]), ...rows].join("\n");
}

/** What is wrong, a line each. */
function findingsOf(result: ChaosResult, wantedCuts: number): string[] {
  const { tallies, cuts, troubles } = result;
  const wrong = Object.entries(tallies).flatMap(([direction, tally]) =>
    tallied
      .filter((name) => name !== "accepted" && name !== "ok" && tally[name] > 0)
      .map((name) => `${tally[name]} ${name} ${direction}`),
  );
  const late = cuts < wantedCuts ? [`only ${cuts} cuts, ${wantedCuts} wanted`] : [];
  return [...wrong, ...late, ...troubles];
}

const [messages, connections] = [count("messages"), count("connections")];
const wantedCuts = count("cuts");
const seed = count("seed");
process.stdout.write(`Seed ${seed}, ${inWords(messages)} messages each way on ${connections} connections\n`);
const stallMs = count("stall") * 1000;
const options = { messages, connections, cuts: wantedCuts, seed, conceal: count("conceal"), stallMs };
const result = await runChaos(options, print);
const { seconds, faults, cuts, resumes, links, hints, handlerFailures } = result;
const findings = findingsOf(result, wantedCuts);
process.stdout.write(
  [
    "",
    tableOf(result),
    "",
    `cuts ${inWords(cuts)}, by kind: ${JSON.stringify(faults)}`,
    `links ${inWords(links)}, resumes ${inWords(resumes)}, hints of another network ${inWords(hints)}, handlers that failed ${inWords(handlerFailures)}`,
    ...findings.slice(0, 20).map((finding) => `WRONG: ${finding}`),
    `${findings.length === 0 ? "Nothing lost, repeated or reordered" : "FAILED"} in ${seconds.toFixed(0)} s`,
    "",
  ].join("\n"),
);
process.exitCode = findings.length === 0 ? 0 : 1;
