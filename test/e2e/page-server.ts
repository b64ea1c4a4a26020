import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { expect } from "vitest";
import type { ServerOptions } from "../../src/server/index.ts";
import { DeliveryChecker, type DeliveryReport } from "../../src/testing/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { type Place, serve } from "../server/serve.ts";
import { TalkingEnd } from "./talking-end.ts";

const FOLDER = fileURLToPath(new URL("fixtures/page-life", import.meta.url));
/** What both ends of a conversation have to say and hear before it goes on. */
const MESSAGES = 30;

/** What page.js of the fixture keeps. */
export interface PageLife {
  readonly sent: number;
  readonly started: readonly number[];
  readonly states: readonly string[];
  readonly shows: readonly boolean[];
}

/** The server of pages that talk, behind a proxy that cuts. */
export class PageServer implements AsyncDisposable {
  readonly place: Place<unknown>;
  readonly proxy: CuttingProxy;
  /** One for each session, in the order of their opening. */
  readonly ends: TalkingEnd[] = [];
  readonly #arrivals = new EventEmitter<{ end: [] }>();
  readonly #pages: Page[] = [];

  private constructor(place: Place<unknown>, proxy: CuttingProxy) {
    this.place = place;
    this.proxy = proxy;
    place.app.onconnection = (event) => {
      this.ends.push(new TalkingEnd(event));
      this.#arrivals.emit("end");
    };
  }

  static async start(options: ServerOptions = {}): Promise<PageServer> {
    const place = await serve({ static: FOLDER, ...options });
    const proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
    return new PageServer(place, proxy);
  }

  /** The page, behind the proxy. */
  get url(): string {
    return `http://127.0.0.1:${this.proxy.port}/`;
  }

  /** Opens the page; resolves when it and the server talk. */
  async open(browser: Browser): Promise<{ page: Page; end: TalkingEnd }> {
    const page = await browser.newPage();
    await page.goto(this.url);
    return this.meet(page);
  }

  /** A page that was opened just now, and the server's end of its session. */
  async meet(page: Page): Promise<{ page: Page; end: TalkingEnd }> {
    this.#pages.push(page);
    const count = this.#pages.length;
    while (this.ends.length < count) await once(this.#arrivals, "end");
    const end = this.ends[count - 1]!;
    await exchange(page, end);
    return { page, end };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.ends) end.quiet();
    await Promise.all([...new Set(this.#pages)].map((page) => page.close()));
    await this.proxy[Symbol.asyncDispose]();
    await this.place[Symbol.asyncDispose]();
  }
}

export const waiting = { timeout: 20_000, interval: 20 };

export async function lifeOf(page: Page): Promise<PageLife> {
  return (await page.evaluate("({ ...life })")) as PageLife;
}

/** Resolves when each end has begun with more messages of the other. */
export async function exchange(page: Page, end: TalkingEnd): Promise<void> {
  const heard = end.started.length;
  await waitInPage(page, `life.started.length > ${(await lifeOf(page)).started.length + MESSAGES}`);
  await expect.poll(() => end.started.length, waiting).toBeGreaterThan(heard + MESSAGES);
}

export async function waitInPage(page: Page, condition: string): Promise<void> {
  await page.waitForFunction(condition, { polling: 20 });
}

/** Resolves when the server has said more. */
export async function sayMore(end: TalkingEnd): Promise<void> {
  const said = end.sent;
  await expect.poll(() => end.sent, waiting).toBeGreaterThan(said + MESSAGES);
}

/** Resolves when the first link of a session has ended at the server. */
export async function linkEnd({ firstLink }: TalkingEnd): Promise<void> {
  if (!firstLink.closed) await once(firstLink, "close");
}

/** Ends a conversation, and says what became of its messages when all have arrived, or should have. */
export async function conclude(page: Page, end: TalkingEnd): Promise<Record<"up" | "down", DeliveryReport>> {
  end.quiet();
  await page.evaluate("life.quiet()");
  const { sent } = await lifeOf(page);
  await expect.poll(() => end.started.length, waiting).toBeGreaterThanOrEqual(sent);
  await waitInPage(page, `life.started.length >= ${end.sent}`);
  return { up: judge(sent, end.started), down: judge(end.sent, (await lifeOf(page)).started) };
}

function judge(accepted: number, started: readonly number[]): DeliveryReport {
  const checker = new DeliveryChecker();
  for (let id = 0; id < accepted; id++) checker.accepted(id);
  for (const id of started) checker.started(id);
  return checker.finish({ isDrained: true });
}
