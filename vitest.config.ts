import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { findTool } from "./tools/system-packages.ts";
import { testParts, type TestPart } from "./tools/test-parts.ts";

// Tests run against the sources: the subpaths of the package resolve to src/ by this condition.
const conditions = ["@ropeway/source", "module", "node", "development|production"];

/** What headless Chromium needs as root and without a network. */
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

function toProject(part: TestPart): TestProjectConfiguration {
  const { testTimeoutMs = 30_000 } = part;
  return {
    extends: true,
    test: {
      name: part.name,
      include: [...part.include],
      exclude: ["**/node_modules/**", "**/dist/**", ...(part.exclude ?? [])],
      testTimeout: testTimeoutMs,
      hookTimeout: testTimeoutMs,
      fileParallelism: part.alone !== true,
      execArgv: [...(part.nodeArguments ?? [])],
      ...(part.inBrowser === true ? { browser: inChromium() } : {}),
    },
  };
}

function inChromium() {
  const launchOptions = { executablePath: findTool("chromium") ?? "chromium", args: chromiumFlags };
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions }),
    instances: [{ browser: "chromium" as const }],
  };
}

const covered = testParts.flatMap((part) => part.fullyCovers ?? []);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: testParts.map(toProject),
    // Only the parts that cover a folder are run with --coverage.
    coverage: {
      provider: "v8",
      include: covered.map((folder) => `${folder}/**/*.ts`),
      exclude: ["**/*.test.ts", "**/*.d.ts"],
      reporter: ["text", "html"],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
});
