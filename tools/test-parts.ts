import type { ToolName } from "./system-packages.ts";

/** A part of `npm test`: a vitest project with a report and a line in the closing table of its own. */
export interface TestPart {
  readonly name: string;
  readonly about: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** Programs that npm cannot bring; the tests themselves say by `requireTool` which of them they need. */
  readonly tools?: readonly ToolName[];
  /** Runs in Chromium instead of Node, and not at all without it. */
  readonly inBrowser?: true;
  /** Every branch of the code in these folders must be reached by the tests of this part alone. */
  readonly fullyCovers?: readonly string[];
  /** Names of its tests hold rows of conformance/. When all such parts run, a row without a passing test fails. */
  readonly holdsClauses?: true;
  /** Its files run one after another: what is measured, or heavy, must not share the machine. */
  readonly alone?: true;
  /** Needs dist/ and the built app. */
  readonly needsBuild?: true;
  readonly nodeArguments?: readonly string[];
  /** For each test. Default: 30 s. */
  readonly testTimeoutMs?: number;
  /** For the whole part; past it, it is ended and counts as failed. */
  readonly timeoutMs?: number;
}

/** The layers that know no Node and no DOM. */
const pureLayers = ["src/protocol", "src/session", "src/interface", "src/testing"];
const pureTests = pureLayers.map((folder) => `${folder}/**/*.test.ts`);
/** A test of a pure layer that cannot do without Node is named so, and does not run in the browser. */
const nodeOnlyTests = pureLayers.map((folder) => `${folder}/**/*.node.test.ts`);

export const testParts: readonly TestPart[] = [
  {
    name: "pure",
    about: "unit tests of the pure layers; they reach each branch of protocol, session and interface",
    include: pureTests,
    fullyCovers: ["src/protocol", "src/session", "src/interface"],
    holdsClauses: true,
    // Properties of 10,000 random cases, on a busy machine and with coverage counted.
    testTimeoutMs: 60_000,
  },
  {
    name: "unit",
    about: "unit tests of the other layers, the app, the tools and the benchmark",
    include: ["src/**/*.test.ts", "apps/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "bench/**/*.test.ts"],
    exclude: pureTests,
    holdsClauses: true,
  },
  {
    name: "spec",
    about: "RFC 6455 and RFC 7692 by clause, and properties of both with random cases",
    include: ["test/rfc6455/**/*.test.ts", "test/rfc7692/**/*.test.ts", "test/properties/**/*.test.ts"],
    holdsClauses: true,
  },
  {
    name: "server",
    about: "sessions on the application server over real sockets, frame by frame",
    include: ["test/server/**/*.test.ts"],
    needsBuild: true,
    nodeArguments: ["--expose-gc"],
  },
  {
    name: "client",
    about: "the client over real sockets: lines that break, and the drop-in class beside the platform's own",
    include: ["test/client/**/*.test.ts"],
  },
  {
    name: "simulation",
    about: "sessions on a simulated network with faults, and faults planted to see that it finds them",
    include: ["test/simulation/**/*.test.ts"],
    testTimeoutMs: 120_000,
    alone: true,
  },
  {
    name: "advisories",
    about: "what other implementations were caught by, tried on ours",
    include: ["test/advisories/**/*.test.ts"],
  },
  {
    name: "chaos",
    about: "sessions through a proxy that cuts, over real sockets",
    include: ["test/chaos/**/*.test.ts"],
  },
  {
    name: "cli",
    about: "the command line as a process of its own",
    include: ["test/cli/**/*.test.ts"],
    tools: ["tmux", "curl"],
  },
  {
    name: "browser",
    about: "the unit tests of the pure layers once more, in Chromium",
    include: pureTests,
    exclude: nodeOnlyTests,
    inBrowser: true,
    tools: ["chromium"],
    testTimeoutMs: 60_000,
  },
  {
    name: "interop",
    about: "our server and client with other implementations, browsers among them",
    include: ["test/interop/**/*.test.ts"],
    tools: ["chromium", "firefox", "python-websockets", "curl"],
    testTimeoutMs: 60_000,
    alone: true,
  },
  {
    name: "examples",
    about: "the examples and the README's code blocks, run as they stand",
    include: ["test/examples/**/*.test.ts"],
    tools: ["chromium", "curl"],
  },
  {
    name: "limits",
    about: "memory under peers that do not read, many connections at once, and a short endurance run",
    include: ["test/limits/**/*.test.ts"],
    nodeArguments: ["--expose-gc"],
    testTimeoutMs: 180_000,
    alone: true,
  },
  {
    name: "e2e",
    about: "Parlor, plain pages and their lives, and the command line, in Chromium, Firefox and a terminal",
    include: ["test/e2e/**/*.test.ts"],
    tools: ["chromium", "firefox", "tmux", "curl"],
    testTimeoutMs: 120_000,
    alone: true,
    needsBuild: true,
  },
  {
    name: "package",
    about:
      "the packed package, installed elsewhere, on the oldest and the newest Node and an older TypeScript",
    include: ["test/package/**/*.test.ts"],
    testTimeoutMs: 180_000,
    alone: true,
    needsBuild: true,
  },
];

export function findTestPart(name: string): TestPart | undefined {
  return testParts.find((part) => part.name === name);
}
