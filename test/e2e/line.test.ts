import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { badControls, tabTo, untidiness } from "./controls.ts";
import { countsOf, pullHandle, settle, waitForLines, waitForSent } from "./demo-view.ts";
import { noisePicture } from "./noise-picture.ts";
import { ParlorPage, PHONE } from "./parlor-page.ts";
import { ParlorServer } from "./parlor-server.ts";
import { fileFacts, shownPicture } from "./picture-view.ts";
import { type BrowserName, launchBrowser } from "./test-browser.ts";

const PICTURE = join(tmpdir(), `parlor-line-${process.pid}.png`);

beforeAll(() => writeFile(PICTURE, noisePicture(640, 480)));
afterAll(() => rm(PICTURE, { force: true }));

describe.each<BrowserName>(["chromium", "firefox"])("A line that is cut, in %s", (name) => {
  const tool = requireTool(name);
  let launched: Awaited<ReturnType<typeof launchBrowser>> | undefined;

  beforeAll(async () => {
    if (tool.missing === null) launched = await launchBrowser(name, tool.path);
  });
  afterAll(() => launched?.[Symbol.asyncDispose]());

  function open(url: string, size?: typeof PHONE): Promise<ParlorPage> {
    if (launched === undefined) throw new Error("The browser was not started");
    return ParlorPage.open(launched.browser, url, size);
  }

  describe.skipIf(tool.missing !== null)("on the first screen", () => {
    test("costs the plain WebSocket messages, and the session none", async ({ annotate }) => {
      await using server = await ParlorServer.start();
      const page = await open(server.url);
      await waitForLines(page, "connected");
      await waitForSent(page, 5);
      await page.screenshot(`${name}-line-desktop`);
      for (let cuts = 0; cuts < 3; cuts++) {
        await page.press("Cut the line");
        await waitForLines(page, "suspended");
        await waitForSent(page, 5);
        if (cuts === 2) await page.screenshot(`${name}-line-cut-desktop`);
        await page.press("Mend the line");
        await page.hurry();
        await waitForLines(page, "connected");
        await waitForSent(page, 5);
      }
      await settle(page);
      const [session, plain] = [await countsOf(page, "session"), await countsOf(page, "plain")];
      await annotate(`plain lost ${plain.lost.join(" + ")} of ${plain.sent.join(" + ")}`);
      expect(session).toMatchObject({ arrived: session.sent, lost: [0, 0], repeated: [0, 0] });
      expect(session["out-of-order"]).toEqual([0, 0]);
      for (const lost of plain.lost) expect(lost).toBeGreaterThanOrEqual(6);
      for (const [index, sent] of plain.sent.entries())
        expect((plain.arrived[index] ?? 0) + (plain.lost[index] ?? 0)).toBe(sent);
      expect(await untidiness([page])).toEqual([]);
      await page.close();
    });

    test("is shown with the seconds to the next try, and comes back by itself after its time", async () => {
      await using server = await ParlorServer.start();
      const page = await open(server.url, PHONE);
      await waitForLines(page, "connected");
      await page.press("Cut for 3 s");
      await page.waitFor(() =>
        /^Line down, next try in \d/.test(
          document.querySelector('[data-line="session"] .demo-state')?.textContent ?? "",
        ),
      );
      await page.screenshot(`${name}-line-cut-phone`);
      await waitForLines(page, "connected");
      await page.waitFor(() => document.querySelector('.demo-lost[data-lost="true"]'));
      await page.screenshot(`${name}-line-phone`);
      const drawn = await page.page.$$eval(".demo-cable-lost", (all) =>
        all.map(({ textContent }) => textContent),
      );
      expect(drawn).toEqual(["lost 0", expect.stringMatching(/^lost [1-9]/)]);
      await page.close();
    });

    // What it tries is the server, which knows no browsers; once is enough for the time it takes.
    test.skipIf(name === "firefox")("again and again, harms nobody else's lines", async () => {
      await using server = await ParlorServer.start();
      const [page, other] = [await open(server.url), await open(server.url)];
      await waitForLines(other, "connected");
      await waitForLines(page, "connected");
      await page.press("Again and again");
      await page.waitFor(() => document.querySelector('.demo-lost[data-lost="true"]'));
      await page.press("Again and again");
      await waitForLines(page, "connected");
      await settle(page);
      expect((await countsOf(page, "session")).lost).toEqual([0, 0]);
      await other.page.bringToFront();
      await waitForSent(other, 3);
      expect((await countsOf(other, "plain")).lost).toEqual([0, 0]);
      expect(await untidiness([page, other])).toEqual([]);
      await Promise.all([page.close(), other.close()]);
    });

    test("can be pulled by hand, and let go too early", async () => {
      await using server = await ParlorServer.start();
      const page = await open(server.url);
      await waitForLines(page, "connected");
      await pullHandle(page, 30);
      expect(await page.page.$eval(".cut-handle", (handle) => handle.textContent)).toBe("Cut");
      await pullHandle(page, 400);
      await waitForLines(page, "suspended");
      await pullHandle(page, -400);
      await waitForLines(page, "connected");
      await page.close();
    });

    test("is cut and mended by keyboard alone, on the way to the room", async () => {
      await using server = await ParlorServer.start();
      const page = await open(server.url);
      await waitForLines(page, "connected");
      const { keyboard } = page.page;
      await tabTo(page, "Cut the line");
      await keyboard.press("Enter");
      await waitForLines(page, "suspended");
      expect(await page.page.$eval("[role=status]", (status) => status.textContent)).toContain("is cut");
      await keyboard.press("ArrowUp");
      await waitForLines(page, "connected");
      await tabTo(page, "Pause");
      await keyboard.press(" ");
      await page.waitFor(() => document.querySelector(".demo-speech")?.textContent === "Paused.");
      await page.page.focus("#nickname");
      await keyboard.type("Ada");
      await keyboard.press("Enter");
      await page.waitForLine("connected");
      await page.close();
    });

    test("has controls with names, for thumbs, and nothing hangs over the edge", async () => {
      await using server = await ParlorServer.start();
      const page = await open(server.url, PHONE);
      await waitForLines(page, "connected");
      expect(await badControls(page)).toEqual([]);
      for (const width of [320, 390, 768, 1280]) {
        await page.page.setViewport({ width, height: 740 });
        expect(await page.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          width,
        );
      }
      await page.close();
    });

    test.skipIf(name === "firefox")("keeps still for whoever wants no motion", async () => {
      await using server = await ParlorServer.start();
      const page = await open(server.url);
      await page.page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
      await waitForLines(page, "connected");
      await waitForSent(page, 5);
      expect(await page.page.$$(".flight")).toEqual([]);
      await page.close();
    });
  });

  describe.skipIf(tool.missing !== null)("in the room", () => {
    /** Ada behind a network that can be cut, and Ben beside the server. */
    async function gather() {
      const server = await ParlorServer.start();
      const proxy = await CuttingProxy.listen({ targetPort: server.port });
      const ada = await (await open(`http://127.0.0.1:${proxy.port}/`)).join("Ada");
      const ben = await (await open(server.url)).join("Ben");
      await ada.waitForText("2 here");
      return {
        proxy,
        ada,
        ben,
        async [Symbol.asyncDispose]() {
          await Promise.all([ada.close(), ben.close()]);
          await proxy[Symbol.asyncDispose]();
          await server[Symbol.asyncDispose]();
        },
      };
    }

    test("loses nothing that is said or shown meanwhile, and nobody has left", async () => {
      await using scene = await gather();
      const { proxy, ada, ben } = scene;
      await proxy.offline();
      await ada.waitForLine("suspended");
      await ada.say("one");
      await ada.say("two");
      await ada.chooseFiles("image/*", PICTURE);
      await ada.page.waitForSelector(".tray img");
      await ada.press("Send");
      await ada.waitFor(() => document.querySelectorAll('[data-fate="waiting"]').length === 3);
      await ada.screenshot(`${name}-waiting-desktop`);
      await ben.say("Are you there?");
      await proxy.online();
      await ada.hurry();
      await ada.waitForText("Are you there?");
      await ben.waitForText("two");
      expect(await shownPicture(ben)).toEqual(await fileFacts(PICTURE));
      await ada.waitFor(() => document.querySelectorAll(".fate").length === 0);
      expect((await ada.said()).toSorted()).toEqual(["Are you there?", "one", "two"]);
      expect(await ben.said()).toEqual(["Are you there?", "one", "two"]);
      expect(await ben.page.$eval(".log", (log) => log.textContent)).not.toContain("left");
      expect(await untidiness([ada, ben])).toEqual([]);
    });

    test("five times with a message under way, repeats and loses nothing of it", async () => {
      await using scene = await gather();
      const { proxy, ada, ben } = scene;
      const words = Array.from({ length: 5 }, (_, index) => `word ${index}`);
      for (const word of words) {
        await ada.waitForLine("connected");
        proxy.freeze();
        await ada.say(word);
        await ada.waitForText("Sending…");
        proxy.reset();
        await ada.waitFor(() => document.querySelectorAll(".fate").length === 0);
      }
      await ben.waitForText("word 4");
      expect(await ben.said()).toEqual(words);
      expect(await ada.said()).toEqual(words);
    });
  });
});
