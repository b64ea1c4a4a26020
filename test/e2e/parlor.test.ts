import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { badControls, tabTo, untidiness } from "./controls.ts";
import { paintedRate, waitForChanges, waitForRate } from "./live-view.ts";
import { noisePicture } from "./noise-picture.ts";
import { ParlorPage, PHONE } from "./parlor-page.ts";
import { ParlorServer } from "./parlor-server.ts";
import { bringPicture, fileFacts, shownPicture } from "./picture-view.ts";
import { type BrowserName, launchBrowser } from "./test-browser.ts";

const VIDEO = fileURLToPath(new URL("fixtures/pendulum.webm", import.meta.url));
const PICTURE = join(tmpdir(), `parlor-noise-${process.pid}.png`);
const FORGED = join(tmpdir(), `parlor-forged-${process.pid}.png`);

beforeAll(async () => {
  await writeFile(PICTURE, noisePicture(640, 480));
  await writeFile(FORGED, "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");
});
afterAll(() => Promise.all([PICTURE, FORGED].map((path) => rm(path, { force: true }))));

describe.each<BrowserName>(["chromium", "firefox"])("Parlor in %s", (name) => {
  const tool = requireTool(name);
  let launched: Awaited<ReturnType<typeof launchBrowser>> | undefined;

  beforeAll(async () => {
    if (tool.missing === null) launched = await launchBrowser(name, tool.path);
  });
  afterAll(() => launched?.[Symbol.asyncDispose]());

  function browser(): Browser {
    if (launched === undefined) throw new Error("The browser was not started");
    return launched.browser;
  }

  /** A server, and people in its room: two at a desk and one with a phone. */
  async function gather(): Promise<{ server: ParlorServer; people: ParlorPage[] } & AsyncDisposable> {
    const server = await ParlorServer.start();
    const people = await Promise.all([
      ParlorPage.open(browser(), server.url),
      ParlorPage.open(browser(), server.url),
      ParlorPage.open(browser(), server.url, PHONE),
    ]);
    // One after the other, so that the list of people has an order.
    for (const [index, nickname] of ["Ada", "Ben", "Cem"].entries()) await people[index]?.join(nickname);
    return {
      server,
      people,
      async [Symbol.asyncDispose]() {
        await Promise.all(people.map((person) => person.close()));
        await server[Symbol.asyncDispose]();
      },
    };
  }

  describe.skipIf(tool.missing !== null)("with a desk, another desk and a phone", () => {
    test("what one says, all hear in the same order, and hostile text is only text", async () => {
      await using scene = await gather();
      const [ada, ben, cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      const hostile = "<img src=x onerror=alert(1)> </p> {{x}} \u202Egnp";
      await ada.say("Good morning");
      await ben.waitForText("Good morning");
      await ben.say(hostile);
      await cem.waitForText("onerror");
      await cem.say("From the phone");
      for (const person of scene.people) {
        await person.waitForText("From the phone");
        await person.waitFor(() => document.querySelectorAll(".fate").length === 0);
        expect(await person.said()).toEqual([
          "Good morning",
          hostile.replace("\u202E", ""),
          "From the phone",
        ]);
        expect(await person.page.$$("[src='x']")).toEqual([]);
      }
      await ada.screenshot(`${name}-talk-desktop`);
      await cem.screenshot(`${name}-talk-phone`);
      expect(await untidiness(scene.people)).toEqual([]);
    });

    test("everyone sees who is here, and who left", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      const double = await ParlorPage.open(browser(), scene.server.url);
      await double.screenshot(`${name}-join-desktop`);
      await double.join("Ada");
      await ben.waitForText("Ada 2");
      await double.press("Leave the room");
      await ada.waitForText("Ada 2 left");
      const names = await ada.page.$$eval(".people .name", (all) =>
        all.map(({ textContent }) => textContent),
      );
      expect(names).toEqual(["Ada", "Ben", "Cem"]);
      await double.close();
    });

    test("a picture arrives byte for byte, at once and for whoever comes later", async () => {
      await using scene = await gather();
      const [ada, ...others] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.chooseFiles("image/*", PICTURE);
      await ada.page.waitForSelector(".tray img");
      await ada.press("Send");
      const late = await (await ParlorPage.open(browser(), scene.server.url)).join("Dora");
      for (const person of [...others, late]) {
        expect(await shownPicture(person)).toEqual(await fileFacts(PICTURE));
      }
      await others[1]?.screenshot(`${name}-picture-phone`);
      expect(await untidiness([ada, ...others, late])).toEqual([]);
      await late.close();
    });

    test("pictures can be dropped and pasted, and what only claims to be one is refused in words", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await bringPicture(ada, "drop", PICTURE);
      await ada.waitFor(() => document.querySelectorAll(".tray img").length === 1);
      await bringPicture(ada, "paste", PICTURE);
      await ada.waitFor(() => document.querySelectorAll(".tray img").length === 2);
      await ada.chooseFiles("image/*", FORGED);
      await ada.waitForText("is no picture that can be shown here");
      await ada.screenshot(`${name}-tray-desktop`);
      await ada.press("Send");
      await ben.waitFor(() => document.querySelectorAll(".shown-picture img").length === 2);
      expect(await shownPicture(ben)).toEqual(await fileFacts(PICTURE));
    });

    test("a picture opens large and closes by Escape", async () => {
      await using scene = await gather();
      const [ada, , cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.chooseFiles("image/*", PICTURE);
      await ada.page.waitForSelector(".tray img");
      await ada.press("Send");
      await cem.page.waitForSelector(".shown-picture img");
      await cem.press(`Show ${basename(PICTURE)} large`);
      await cem.page.waitForSelector("dialog[open] img");
      await cem.screenshot(`${name}-viewer-phone`);
      await cem.page.keyboard.press("Escape");
      await cem.waitFor(() => document.querySelector("dialog") === null);
      expect(await cem.page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(
        /^Show/,
      );
    });

    test("the camera reaches the others as at least 20 different images a second", async ({ annotate }) => {
      await using scene = await gather();
      const [ada, ...others] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.press("Camera");
      for (const other of others) {
        await waitForRate(other);
        await waitForChanges(other);
      }
      await others[0]?.screenshot(`${name}-live-desktop`);
      await others[1]?.screenshot(`${name}-live-phone`);
      await annotate(
        `camera, images a second: ${(await Promise.all(others.map(paintedRate))).join(" and ")}`,
      );
      await ada.press("Stop camera");
      for (const other of others) await other.waitFor(() => document.querySelector("canvas") === null);
      expect(await untidiness(scene.people)).toEqual([]);
    });

    test("a camera that is not allowed is explained, and can be tried again", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.page.evaluate(() => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = () => {
          navigator.mediaDevices.getUserMedia = ask;
          return Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
        };
      });
      await ada.press("Camera");
      await ada.waitForText("The camera is not allowed here.");
      await ada.press("Camera");
      await ben.page.waitForSelector("canvas");
      expect(await ada.page.$$(".problem")).toEqual([]);
    });

    test("a video from a file reaches the others in its own colours", async ({ annotate }) => {
      await using scene = await gather();
      const [ada, , cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await cem.chooseFiles("video/*", VIDEO);
      await waitForRate(ada);
      await waitForChanges(ada);
      await annotate(`video file, images a second: ${await paintedRate(ada)}`);
      const corner = await ada.page.$eval("canvas", (canvas) =>
        Array.from(canvas.getContext("2d")?.getImageData(4, 4, 1, 1).data ?? []),
      );
      // The fixture's background, give or take two lossy encodings.
      for (const [index, value] of [10, 122, 106].entries()) {
        expect(Math.abs((corner[index] ?? 0) - value)).toBeLessThan(24);
      }
    });

    test("live video ends when its sender is gone, and talk goes on beside it", async () => {
      await using scene = await gather();
      const [ada, ben, cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.press("Camera");
      await waitForRate(ben);
      await cem.say("Can you hear me?");
      await ben.waitForText("Can you hear me?");
      await ada.page.close();
      await ben.waitForText("Ada left");
      await ben.waitFor(() => document.querySelector("canvas") === null);
      expect(await ben.page.$$(".tile")).toEqual([]);
    });
  });

  describe.skipIf(tool.missing !== null)("when the server goes away", () => {
    test("what is said meanwhile waits in sight, and is heard when it is back on the same port", async () => {
      await using scene = await gather();
      const [ada, , cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await scene.server.stop();
      for (const person of scene.people) await person.waitForLine("suspended");
      await cem.say("said while down");
      await cem.waitForText("Waiting for the line");
      await cem.screenshot(`${name}-down-phone`);
      await ada.screenshot(`${name}-down-desktop`);

      await using again = await ParlorServer.start({ port: scene.server.port });
      for (const person of scene.people) await person.hurry();
      for (const person of scene.people) await person.waitForText("3 here");
      await ada.waitForText("said while down");
      await cem.waitFor(() => document.querySelectorAll(".fate").length === 0);
      expect(await cem.said()).toEqual(["said while down"]);
      expect(again.port).toBe(scene.server.port);
    });

    test("what was sent and not confirmed is said to be so, and sent again once", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      scene.server.freeze();
      await ada.say("Did this arrive?");
      await ada.waitForText("Sending…");
      await scene.server.kill();
      await ada.waitForText("Waiting for the line");

      await using again = await ParlorServer.start({ port: scene.server.port });
      await ada.waitForText("before this was confirmed");
      await ada.screenshot(`${name}-unsure-desktop`);
      for (const person of scene.people) await person.waitForText("3 here");
      await ada.press("Send again");
      await ben.waitForText("Did this arrive?");
      await ada.waitFor(() => document.querySelectorAll(".fate").length === 0);
      expect(await Promise.all([ada.said(), ben.said()])).toEqual([
        ["Did this arrive?"],
        ["Did this arrive?"],
      ]);
      expect(again.port).toBe(scene.server.port);
    });

    test("live video that is shown goes on when the line is back", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.press("Camera");
      await waitForRate(ben);
      await scene.server.kill();
      await ben.waitForLine("suspended");
      await using again = await ParlorServer.start({ port: scene.server.port });
      await ben.page.waitForSelector("canvas");
      await waitForRate(ben);
      expect(again.port).toBe(scene.server.port);
    });
  });

  describe.skipIf(tool.missing !== null)("without a mouse", () => {
    test("everything is reached and done by keyboard alone", async () => {
      await using scene = await gather();
      const [ada, ben] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.page.bringToFront();
      const { keyboard } = ada.page;
      await keyboard.type("First line");
      await keyboard.down("Shift");
      await keyboard.press("Enter");
      await keyboard.up("Shift");
      await keyboard.type("second line");
      await keyboard.press("Enter");
      await ben.waitForText("second line");
      expect(await ben.said()).toEqual(["First line\nsecond line"]);

      await tabTo(ada, "Camera");
      await keyboard.press("Enter");
      await ben.page.waitForSelector("canvas");
      await tabTo(ada, "Stop camera");
      await keyboard.press(" ");
      await ben.waitFor(() => document.querySelector("canvas") === null);
      await tabTo(ada, "Leave the room");
      await keyboard.press("Enter");
      await ada.page.waitForSelector("#nickname");
      expect(await ada.page.evaluate(() => document.activeElement?.id)).toBe("nickname");
    });

    test("every control has a name, can be hit by a thumb, and nothing hangs over the edge", async () => {
      await using scene = await gather();
      const [ada, , cem] = scene.people as [ParlorPage, ParlorPage, ParlorPage];
      await ada.chooseFiles("image/*", PICTURE);
      await ada.page.waitForSelector(".tray img");
      await ada.press("Send");
      await cem.page.waitForSelector(".shown-picture img");
      await cem.press("3 here");
      expect(await badControls(cem)).toEqual([]);
      for (const width of [320, 360, 390, 768, 1280]) {
        await cem.page.setViewport({ width, height: 740 });
        expect(await cem.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          width,
        );
      }
    });
  });
});
