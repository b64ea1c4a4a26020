import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserClient } from "./browser-client.ts";
import { describeClient } from "./describe-client.ts";
import { InteropServer } from "./interop-server.ts";

/** The tests of every client, and those that only a browser can be put to. */
export function describeBrowser(browser: BrowserClient): void {
  beforeAll(() => browser.launch(), 60_000);
  afterAll(() => browser.close());

  describeClient(browser);

  describe("pages of another origin", () => {
    describeOrigins(browser);
  });
}

function describeOrigins(browser: BrowserClient): void {
  test("are refused by default, and see an error and 1006", async () => {
    await using server = await InteropServer.start();
    await using other = await InteropServer.start();
    const report = await browser.runFrom(other.pageUrl, server.url, {});
    expect(report).toMatchObject({ opened: false, code: 1006, reason: "" });
  });

  test("connect where `origins` names them", async () => {
    await using other = await InteropServer.start();
    await using server = await InteropServer.start({ origins: [new URL(other.pageUrl).origin] });
    const report = await browser.runFrom(other.pageUrl, server.url, { close: { code: 1000 } });
    expect(report).toMatchObject({ opened: true, code: 1000 });
  });

  test("are refused where their Origin is null, as in a sandbox", async () => {
    await using server = await InteropServer.start();
    const report = await browser.runFrom("data:text/html,<title>null</title>", server.url, {});
    expect(report).toMatchObject({ opened: false, code: 1006 });
  });
}
