import { existsSync } from "node:fs";
import { build } from "./build.ts";
import { checkClientSize } from "./client-size.ts";
import { checkRepository } from "./layers.ts";
import { checkPackageShape } from "./package-shape.ts";
import { endCommandsOnSignal, runCommand } from "./run-command.ts";

/** A step of `npm run check`: it returns what is wrong, in words; an empty text if nothing is. */
interface CheckStep {
  readonly name: string;
  readonly about: string;
  readonly run: () => Promise<string>;
}

const linted = ["src", "apps", "test", "tools", "examples", "bench", "vitest.config.ts"];

const steps: readonly CheckStep[] = [
  {
    name: "format",
    about: "npm run format writes it",
    run: () => command("biome", ["format", ".", "--reporter=summary"]),
  },
  {
    name: "lint",
    about: ".oxlintrc.json",
    run: () => command("oxlint", ["--type-aware", "--deny-warnings", ...present(linted)]),
  },
  { name: "types", about: "sources, tests, tools and the app", run: () => command("tsc", ["-b"]) },
  { name: "layers", about: "tools/layers.ts", run: async () => checkRepository(".").join("\n") },
  { name: "docs", about: "npm run docs writes them", run: checkDocs },
  { name: "dead code", about: "knip.json", run: () => command("knip", ["--no-progress"]) },
  {
    name: "unit tests",
    about: "in Node",
    run: () => command("vitest", ["run", "--project=pure", "--project=unit", "--reporter=dot"]),
  },
  { name: "build", about: "dist/ and the app", run: checkBuild },
  { name: "size", about: "of the client, tools/client-size.ts", run: checkClientSize },
  { name: "package", about: "publint and attw on what npm would publish", run: checkPackageShape },
];

/** `npm run check`: every step, or those named (`npm run check -- lint types`); all run even if one fails. */
export async function main(args: readonly string[]): Promise<number> {
  endCommandsOnSignal();
  const unknown = args.find((arg) => !steps.some(({ name }) => name === arg));
  if (unknown !== undefined) {
    console.error(
      `There is no step "${unknown}". The steps are: ${steps.map(({ name }) => name).join(", ")}`,
    );
    return 1;
  }
  const started = performance.now();
  const failed: string[] = [];
  for (const step of steps.filter(({ name }) => args.length === 0 || args.includes(name))) {
    if (!(await runStep(step))) failed.push(step.name);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    failed.length === 0
      ? `Everything is in order (${seconds} s)`
      : `Failed: ${failed.join(", ")} (${seconds} s)`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function runStep({ name, about, run }: CheckStep): Promise<boolean> {
  const started = performance.now();
  const problems = (await run()).trimEnd();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${problems === "" ? "ok    " : "FAILED"}  ${name.padEnd(10)}  ${seconds.padStart(5)} s  (${about})`,
  );
  if (problems !== "") console.error(problems);
  return problems === "";
}

async function command(name: string, args: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(name, args, { output: "capture" });
  return code === 0 ? "" : output || `${name} ended with code ${code}`;
}

async function checkDocs(): Promise<string> {
  return command(process.execPath, ["tools/preflight.cjs", "generate-docs", "--check"]);
}

async function checkBuild(): Promise<string> {
  return (await build()).ok ? "" : "The build failed";
}

function present(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}
