import puppeteer, { type Browser, type LaunchOptions } from "puppeteer-core";
import type { ClientReport, ClientTask, PeerClient, PeerTraits } from "./client-task.ts";
import { runStandardClient } from "./standard-client.ts";

/** The `WebSocket` of a real browser, in a page of the server that it connects to, or of another. */
export class BrowserClient implements PeerClient {
  readonly name: string;
  readonly traits: PeerTraits;
  readonly #options: LaunchOptions;
  #browser: Browser | undefined;

  constructor(
    name: string,
    options: LaunchOptions,
    traits: Pick<PeerTraits, "limitsWindow" | "showsParameters">,
  ) {
    this.name = name;
    this.traits = {
      fragments: false,
      pings: false,
      compresses: true,
      keepsByteOrderMark: true,
      ...traits,
    };
    this.#options = options;
  }

  /** With an empty profile. Certificates that nobody trusts are taken. */
  async launch(): Promise<void> {
    this.#browser = await puppeteer.launch({ ...this.#options, headless: true, acceptInsecureCerts: true });
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }

  /** Does the task in a page of the server's origin. */
  async run(url: string, task: ClientTask): Promise<ClientReport> {
    return await this.runFrom(url.replace(/^ws/, "http"), url, task);
  }

  /** Does the task in the page at `pageUrl`. */
  async runFrom(pageUrl: string, url: string, task: ClientTask): Promise<ClientReport> {
    const page = await this.#browser!.newPage();
    try {
      await page.goto(pageUrl);
      return await page.evaluate(runStandardClient, url, task);
    } finally {
      await page.close();
    }
  }
}
