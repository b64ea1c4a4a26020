import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, ElementHandle, Page } from "puppeteer-core";
import { layTaps } from "./page-taps.ts";

const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

const SCREENSHOTS = fileURLToPath(new URL("../../.reports/screenshots", import.meta.url));

/** A person at a page of Parlor: what they do, and what they see. */
export class ParlorPage {
  readonly page: Page;
  /** What went wrong in the page's own scripts. */
  readonly errors: unknown[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => {
      if (!isAboutNetwork(error)) this.errors.push(error);
    });
  }

  /** A page in a context of its own: nothing is shared with the others but the server. */
  static async open(browser: Browser, url: string, size = DESKTOP): Promise<ParlorPage> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(size);
    await page.evaluateOnNewDocument(layTaps);
    const opened = new ParlorPage(context, page);
    await page.goto(url);
    return opened;
  }

  async join(name: string): Promise<this> {
    await this.page.type("#nickname", name);
    await this.page.keyboard.press("Enter");
    await this.waitForLine("connected");
    await this.waitFor((wanted) => document.querySelector(".people")?.textContent?.includes(wanted), name);
    return this;
  }

  async say(text: string): Promise<void> {
    await this.page.type("textarea", text);
    await this.page.keyboard.press("Enter");
  }

  async waitForLine(phase: string): Promise<void> {
    await this.waitFor((wanted) => document.querySelector(`.line[data-phase="${wanted}"]`), phase);
  }

  async waitForText(text: string): Promise<void> {
    await this.waitFor((wanted) => document.querySelector(".room")?.textContent?.includes(wanted), text);
  }

  /** In front, as it is for whoever looks: the timers of a page in the background run once a second. */
  async waitFor<Value>(condition: (value: Value) => unknown, value?: Value): Promise<void> {
    await this.page.bringToFront();
    await this.page.waitForFunction(condition as (value: unknown) => unknown, { polling: 50 }, value);
  }

  async said(): Promise<string[]> {
    return this.page.$$eval(".said", (elements) => elements.map(({ textContent }) => textContent ?? ""));
  }

  async chooseFiles(accept: "image/*" | "video/*", ...paths: string[]): Promise<void> {
    const input = (await this.page.$(`input[accept="${accept}"]`)) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(...paths);
  }

  /** In front, as it is for whoever clicks: in the background a browser holds back clicks and cameras. */
  async press(label: string): Promise<void> {
    await this.page.bringToFront();
    await this.page.locator(`::-p-aria([role="button"][name="${label}"])`).click();
  }

  /** Presses “Try now” if it is there to be pressed: a line may have come back by itself in the meantime. */
  async hurry(): Promise<void> {
    await this.page.bringToFront();
    await this.page.$$eval("button:enabled", (all) =>
      all.find(({ textContent }) => textContent?.trim() === "Try now")?.click(),
    );
  }

  /** In light and, where the browser can be told to, in dark: Firefox takes no such order over WebDriver BiDi. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
    if (!name.startsWith("chromium")) return;
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}-dark.png` });
    await this.page.emulateMediaFeatures([]);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Firefox reports a WebSocket that could not be opened, or broke off, as if a script had failed. */
function isAboutNetwork(error: unknown): boolean {
  return error instanceof Error && /\bconnection to .*\bwss?:\/\//.test(error.message);
}
