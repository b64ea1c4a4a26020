import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { InteropServer } from "../interop/interop-server.ts";
import { serve } from "../server/serve.ts";
import { type BrowserName, launchBrowser } from "./test-browser.ts";

const FOLDER = fileURLToPath(new URL("fixtures/plain-page", import.meta.url));

/** The page, once it shows as many messages; what they are. */
async function messages(page: Page, count: number): Promise<string[]> {
  await page.waitForFunction((wanted) => document.querySelectorAll("li").length >= wanted, {}, count);
  return await page.$$eval("li", (items) => items.map((item) => item.textContent));
}

async function say(page: Page, text: string): Promise<void> {
  await page.$eval("input", (input, value) => (input.value = value), text);
  await page.click("button");
}

describe.each<BrowserName>(["chromium", "firefox"])("a page without a bundler in %s", (name) => {
  const tool = requireTool(name);
  let launched: Awaited<ReturnType<typeof launchBrowser>>;

  beforeAll(async () => {
    if (tool.missing === null) launched = await launchBrowser(name, tool.path);
  });
  afterAll(() => launched?.[Symbol.asyncDispose]());

  async function open(url: string): Promise<Page & AsyncDisposable> {
    const browser: Browser = launched.browser;
    const page = await browser.newPage();
    await page.goto(url);
    return Object.assign(page, { [Symbol.asyncDispose]: () => page.close() });
  }

  describe.skipIf(tool.missing !== null)("with the client of its server", () => {
    test("sends and receives text and bytes", async () => {
      await using place = await serve({ static: FOLDER });
      await using page = await open(place.httpUrl);
      expect(await messages(page, 1)).toEqual(["bytes 1,2,3"]);
      await say(page, "hello");
      expect(await messages(page, 2)).toEqual(["bytes 1,2,3", "hello"]);
      expect(await page.title()).toBe("connected");
      expect(place.connections.map(({ isSession }) => isSession)).toEqual([true]);
    });

    test("goes on after its line was cut, with what was said meanwhile", async () => {
      await using place = await serve({ static: FOLDER });
      await using proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
      await using page = await open(`http://127.0.0.1:${proxy.port}`);
      await messages(page, 1);
      await proxy.offline();
      await page.waitForFunction(() => document.title === "suspended");
      await say(page, "meanwhile");
      await proxy.online();
      expect(await messages(page, 2)).toEqual(["bytes 1,2,3", "meanwhile"]);
      expect(place.connections).toHaveLength(1);
    });

    test("loads it from a server of another origin that lets it in", async () => {
      await using other = await InteropServer.start();
      await using place = await serve({ origins: [new URL(other.pageUrl).origin] });
      await using page = await open(other.pageUrl);
      const answer = await page.evaluate(`(async () => {
        const { connect } = await import("${place.httpUrl}/ropeway/client.js");
        const connection = connect("${place.httpUrl}");
        connection.send("from elsewhere");
        for await (const data of connection) return data;
      })()`);
      expect(answer).toBe("from elsewhere");
    });
  });
});
