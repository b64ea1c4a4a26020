import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { networkSwitch } from "./network-switch.ts";
import {
  conclude,
  exchange,
  lifeOf,
  linkEnd,
  PageServer,
  sayMore,
  waiting,
  waitInPage,
} from "./page-server.ts";
import { StoppedPages } from "./stopped-pages.ts";
import { type BrowserName, launchBrowser } from "./test-browser.ts";

/** Each message once and in order, both ways. */
const whole = { up: { hasPassed: true }, down: { hasPassed: true } };

const isConnected = "life.states.at(-1) === 'connected'";

describe.each<BrowserName>(["chromium", "firefox"])("a page's session in %s", (name) => {
  const tool = requireTool(name);
  let launched: Awaited<ReturnType<typeof launchBrowser>>;

  beforeAll(async () => {
    if (tool.missing === null) launched = await launchBrowser(name, tool.path);
  });
  afterAll(() => launched?.[Symbol.asyncDispose]());

  describe.skipIf(tool.missing !== null)("goes on where it was", () => {
    test("after the network was off, at once when it is on again", async () => {
      await using server = await PageServer.start();
      const { page, end } = await server.open(launched.browser);
      const network = await networkSwitch(name, page);
      await Promise.all([server.proxy.offline(), network.turn("off")]);
      await waitInPage(page, "life.states.at(-1) === 'suspended'");
      await waitInPage(page, `life.sent > ${(await lifeOf(page)).sent + 30}`);
      await sayMore(end);
      await server.proxy.online();
      await network.turn("on");
      await waitInPage(page, isConnected);
      await exchange(page, end);
      expect(await conclude(page, end)).toMatchObject(whole);
      expect((await lifeOf(page)).states).toEqual(["connected", "suspended", "connected"]);
      expect(server.ends).toHaveLength(1);
    });

    test("after its process was stopped for longer than the link lived, with no close heard", async () => {
      // A link is cut after two to three times that; the page has slept when a timer is late by five seconds.
      await using server = await PageServer.start({ sessions: { heartbeatMs: 3000 } });
      const { page, end } = await server.open(launched.browser);
      await page.bringToFront();
      {
        using _stopped = new StoppedPages(launched.browser);
        server.proxy.freeze();
        await linkEnd(end);
        await sayMore(end);
      }
      await exchange(page, end);
      expect(await conclude(page, end)).toMatchObject(whole);
      expect((await lifeOf(page)).states).not.toContain("suspended");
      expect(server.ends).toHaveLength(1);
    });

    test.skipIf(name === "firefox")(
      "after it was frozen and resumed by the debugging protocol, as Firefox has no such command",
      async () => {
        await using server = await PageServer.start();
        const { page, end } = await server.open(launched.browser);
        const session = await page.createCDPSession();
        await session.send("Page.setWebLifecycleState", { state: "frozen" });
        await linkEnd(end);
        await sayMore(end);
        await session.send("Page.setWebLifecycleState", { state: "active" });
        await exchange(page, end);
        expect(await conclude(page, end)).toMatchObject(whole);
        expect((await lifeOf(page)).states).toEqual(["connected", "suspended", "connected"]);
        expect(server.ends).toHaveLength(1);
      },
    );

    test.skipIf(name === "firefox")(
      "after it was kept for the back button with its line open, as Firefox keeps none",
      async () => {
        await using server = await PageServer.start();
        const { page, end } = await server.open(launched.browser);
        await page.goto(`${server.url}away.html`);
        await linkEnd(end);
        await sayMore(end);
        await goBack(page);
        await exchange(page, end);
        expect(await conclude(page, end)).toMatchObject(whole);
        expect((await lifeOf(page)).shows).toEqual([false, true]);
        expect(server.ends).toHaveLength(1);
      },
    );

    test("after it was kept for the back button while its line was away", async () => {
      await using server = await PageServer.start();
      const { page, end } = await server.open(launched.browser);
      await server.proxy.offline();
      await waitInPage(page, "life.states.at(-1) === 'suspended'");
      await page.goto(`${server.place.httpUrl}/away.html`);
      await sayMore(end);
      await server.proxy.online();
      await goBack(page);
      await exchange(page, end);
      expect(await conclude(page, end)).toMatchObject(whole);
      expect((await lifeOf(page)).shows).toEqual([false, true]);
      expect(server.ends).toHaveLength(1);
    });
  });

  describe.skipIf(tool.missing !== null)("is a new one", () => {
    test("after a reload; the page says what it has, and the one before ends in time", async () => {
      await using server = await PageServer.start({ sessions: { suspendedMsMax: 500 } });
      const { page, end: before } = await server.open(launched.browser);
      await page.reload();
      const { end } = await server.meet(page);
      await expect.poll(() => before.socket.readyState, waiting).toBe(3);
      await exchange(page, end);
      expect(await conclude(page, end)).toMatchObject(whole);
      expect(before.started).toEqual(before.started.map((_, i) => i));
      expect(end.socket.readyState).toBe(1);
      expect(server.ends).toHaveLength(2);
    });

    test.skipIf(name === "chromium")(
      "on the way back to it, as Firefox keeps no page with an open WebSocket; the page says what it has",
      async () => {
        await using server = await PageServer.start();
        const { page } = await server.open(launched.browser);
        await page.goto(`${server.url}away.html`);
        await goBack(page);
        const { end } = await server.meet(page);
        expect(await conclude(page, end)).toMatchObject(whole);
        expect((await lifeOf(page)).shows).toEqual([false]);
      },
    );

    test("in a duplicated tab, and neither fences the other", async () => {
      await using server = await PageServer.start();
      const { page, end } = await server.open(launched.browser);
      const { page: copy, end: copyEnd } = await server.meet(await duplicate(page));
      await Promise.all([exchange(page, end), exchange(copy, copyEnd)]);
      expect(await Promise.all([conclude(page, end), conclude(copy, copyEnd)])).toMatchObject([whole, whole]);
      const lives = await Promise.all([page, copy].map(lifeOf));
      expect(lives.map(({ states }) => states)).toEqual([["connected"], ["connected"]]);
      expect(end.socket).not.toBe(copyEnd.socket);
    });
  });
});

/** Back to a page that was kept: that loads nothing, and not all of Puppeteer notices. */
async function goBack(page: Page): Promise<void> {
  await page.goBack({ waitUntil: [] });
  await waitInPage(page, "globalThis.life !== undefined");
}

/** A tab with a copy of the page's session storage, as a duplicated one has. */
async function duplicate(page: Page): Promise<Page> {
  const opened = new Promise<Page | null>((resolve) => page.once("popup", resolve));
  await page.evaluate("void window.open(location.href)");
  const copy = await opened;
  if (copy === null) throw new Error("The tab was closed at once");
  return copy;
}
