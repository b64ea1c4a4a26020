/**
 * The programs that tests use and npm cannot bring: where each is, how to get it, and what its absence means.
 *
 * A test file says what it needs with `requireTool` and skips by `describe.skipIf(tool.missing)`. That is the only
 * place that decides between skipping and failing: with `CI=true` a missing program fails the file.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command.ts";

interface ToolSource {
  readonly title: string;
  /** The environment variable that names another place, which then is the only one looked at. */
  readonly variable?: string;
  /** Names looked for on PATH, and full paths. */
  readonly candidates: readonly string[];
  readonly debianPackage: string;
  /** What to do where there is no apt. */
  readonly elsewhere: string;
  /** Arguments with which the program must exit with 0 to count as found. */
  readonly probe?: readonly string[];
}

const sources = {
  chromium: {
    title: "Chromium",
    variable: "CHROMIUM_PATH",
    candidates: [
      "chromium",
      "chromium-browser",
      "google-chrome-stable",
      "google-chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    debianPackage: "chromium",
    elsewhere: "install Chromium or Chrome, or set CHROMIUM_PATH",
  },
  firefox: {
    title: "Firefox",
    variable: "FIREFOX_PATH",
    candidates: ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    debianPackage: "firefox-esr",
    elsewhere: "install Firefox, or set FIREFOX_PATH",
  },
  "python-websockets": {
    title: "a Python 3 with websockets",
    candidates: ["/usr/bin/python3", "python3"],
    debianPackage: "python3-websockets",
    elsewhere: "python3 -m pip install websockets",
    probe: ["-c", "import websockets"],
  },
  curl: { title: "curl", candidates: ["curl"], debianPackage: "curl", elsewhere: "install curl" },
  tmux: { title: "tmux", candidates: ["tmux"], debianPackage: "tmux", elsewhere: "install tmux" },
} as const satisfies Record<string, ToolSource>;

export type ToolName = keyof typeof sources;

export interface Tool {
  /** The program's full path; when it is missing, a name that cannot be run. */
  readonly path: string;
  /** Why it cannot be used and what would help; null when it can be. */
  readonly missing: string | null;
}

export type InstallPlan = { readonly install: readonly string[] } | { readonly refused: string };

type Environment = Readonly<Record<string, string | undefined>>;

const found = new Map<ToolName, string | null>();

/** Where the program is, or null. What was found once is not looked for again. */
export function findTool(name: ToolName): string | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = locate(sources[name], process.env);
  found.set(name, path);
  return path;
}

/** The program for a test. Throws with `CI=true` if it is missing; elsewhere the test skips by `missing`. */
export function requireTool(name: ToolName): Tool {
  const path = findTool(name);
  if (path !== null) return { path, missing: null };
  const missing = describeMissing(name);
  if (isCi(process.env)) throw new Error(`${missing} (CI=true, so this is a failure and not a skip)`);
  return { path: `missing:${name}`, missing };
}

/** The sentence for a program that is not there: what was looked for, and the one thing that would help. */
export function describeMissing(name: ToolName): string {
  const source: ToolSource = sources[name];
  const given = givenPath(source, process.env);
  if (given !== undefined) return `${source.title}: no program at ${source.variable}=${given}`;
  const cure = hasApt()
    ? `apt-get install --no-install-recommends ${source.debianPackage}`
    : source.elsewhere;
  return `${source.title} was not found: ${cure}`;
}

/** Looks for the program as `findTool` does, in the environment given and without remembering. */
export function locate(source: ToolSource, env: Environment): string | null {
  const given = givenPath(source, env);
  const candidates = given === undefined ? source.candidates : [given];
  const folders = (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  for (const candidate of candidates) {
    const paths = candidate.includes("/") ? [candidate] : folders.map((folder) => join(folder, candidate));
    for (const path of paths) if (isProgram(path) && answersProbe(path, source.probe)) return path;
  }
  return null;
}

function givenPath({ variable }: ToolSource, env: Environment): string | undefined {
  return (variable === undefined ? undefined : env[variable]) || undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function answersProbe(path: string, probe: readonly string[] | undefined): boolean {
  return probe === undefined || spawnSync(path, probe, { stdio: "ignore" }).status === 0;
}

/** Whether the packages may be installed by us: as root, on a Debian-like system, unless forbidden. */
export function planInstall(
  names: readonly ToolName[],
  facts: { apt: boolean; root: boolean; env: Environment },
): InstallPlan {
  if (facts.env["ROPEWAY_INSTALL"] === "0") return { refused: "ROPEWAY_INSTALL=0 forbids installing" };
  if (!facts.apt) return { refused: "there is no apt-get here" };
  if (!facts.root) return { refused: "only root can install, and sudo is never used" };
  return { install: names.map((name) => sources[name].debianPackage) };
}

/** Installs what is missing where that is allowed, says what it does, and returns the names still missing. */
export async function ensureTools(names: readonly ToolName[]): Promise<ToolName[]> {
  const missing = names.filter((name) => findTool(name) === null);
  if (missing.length === 0) return [];
  // A place that its variable names wrongly is for the person to mend: no package would be looked at there.
  const installable = missing.filter((name) => givenPath(sources[name], process.env) === undefined);
  if (installable.length > 0) await installAsAllowed(installable);
  const still = missing.filter((name) => findTool(name) === null);
  for (const name of still) console.log(`  ${describeMissing(name)}`);
  return still;
}

async function installAsAllowed(missing: readonly ToolName[]): Promise<void> {
  const plan = planInstall(missing, { apt: hasApt(), root: process.getuid?.() === 0, env: process.env });
  if ("refused" in plan) {
    console.log(`Not installing what is missing: ${plan.refused}.`);
  } else {
    console.log(`Installing with apt-get: ${plan.install.join(" ")} (ROPEWAY_INSTALL=0 forbids this)`);
    await installPackages(plan.install);
    for (const name of missing) found.delete(name);
  }
}

const POLICY_FILE = "/usr/sbin/policy-rc.d";

async function installPackages(packages: readonly string[]): Promise<void> {
  // The answer 101 of this file forbids every package to start its daemon.
  const ownPolicy = !existsSync(POLICY_FILE);
  if (ownPolicy) writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const common = ["-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"];
    const steps = [["update"], ["install", "-y", "--no-install-recommends", ...packages]];
    for (const step of steps) {
      const { code, output } = await runCommand("apt-get", [...common, ...step], { env, output: "capture" });
      if (code === 0) continue;
      console.error(`apt-get ${step.join(" ")} failed:\n${output}`);
      return;
    }
  } finally {
    if (ownPolicy) rmSync(POLICY_FILE, { force: true });
  }
}

function hasApt(): boolean {
  return existsSync("/usr/bin/apt-get");
}

/** Whether a missing program is a failure, by the variable that CI services set. */
export function isCi(env: Environment): boolean {
  return env["CI"] === "true" || env["CI"] === "1";
}
