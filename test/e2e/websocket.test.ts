import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { conformanceCases } from "../client/websocket-conformance.ts";
import { type BrowserName, launchBrowser } from "./test-browser.ts";
import { WebSocketPages } from "./websocket-pages.ts";

/** What each case came to: "passed", or what it threw. */
type Results = Readonly<Record<string, string>>;

const caseTimeoutMs = 10_000;

/** Browsers do in each case as the standard says, and ours has no excuse either. */
const allPassed: Results = Object.fromEntries(conformanceCases.map(({ name }) => [name, "passed"]));

describe.each<BrowserName>(["chromium", "firefox"])("the WebSocket of the standard in %s", (name) => {
  const tool = requireTool(name);
  let launched: Awaited<ReturnType<typeof launchBrowser>>;
  let pages: WebSocketPages;

  beforeAll(async () => {
    if (tool.missing === null) launched = await launchBrowser(name, tool.path);
    pages = await WebSocketPages.start();
  });
  afterAll(async () => {
    await launched?.[Symbol.asyncDispose]();
    await pages[Symbol.asyncDispose]();
  });

  /** Runs all cases, one after another, in a page of their own. */
  async function run(classExpression: string, url: string): Promise<Results> {
    const page = await launched.browser.newPage();
    await page.goto(pages.pageUrl);
    const results = await page.evaluate(`(async () => {
      const { conformanceCases } = await import("/cases.js");
      const Class = ${classExpression};
      const results = {};
      for (const one of conformanceCases) {
        const late = new Promise((resolve) => setTimeout(resolve, ${caseTimeoutMs}, "no end"));
        const outcome = (async () => one.run(Class, "${url}"))().then(() => "passed", String);
        results[one.name] = await Promise.race([outcome, late]);
      }
      return results;
    })()`);
    await page.close();
    return results as Results;
  }

  const own = "WebSocket";
  const ours = (): string => `(await import("${pages.clientUrl}")).WebSocket`;

  describe.skipIf(tool.missing !== null)("passes each case", () => {
    test("as the browser's own class, at a server that knows no sessions", async () => {
      expect(await run(own, pages.plainUrl)).toEqual(allPassed);
    });

    test("as the browser's own class, at a server of sessions", async () => {
      expect(await run(own, pages.sessionUrl)).toEqual(allPassed);
    });

    test("as ours, at a server that knows no sessions", async () => {
      expect(await run(ours(), pages.plainUrl)).toEqual(allPassed);
    });

    test("as ours, at a server of sessions", async () => {
      expect(await run(ours(), pages.sessionUrl)).toEqual(allPassed);
    });
  });
});
