import type { CDPSession, Page } from "puppeteer-core";
import type { BrowserName } from "./test-browser.ts";

/**
 * The browser's own switch of a page's network: the page hears of it, and new connections fail. It cuts no open
 * WebSocket: Chromium holds its messages back meanwhile, and Firefox lets it be.
 */
export interface NetworkSwitch {
  turn(to: "off" | "on"): Promise<void>;
}

export async function networkSwitch(name: BrowserName, page: Page): Promise<NetworkSwitch> {
  if (name === "firefox") return { turn: (to) => page.setOfflineMode(to === "off") };
  const session = await page.createCDPSession();
  return { turn: (to) => turnChromium(session, to === "off") };
}

/** Puppeteer's own call tells the page first, and what that does at once finds the network as it was. */
async function turnChromium(session: CDPSession, offline: boolean): Promise<void> {
  const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  const matchedNetworkConditions = [{ urlPattern: "", ...conditions }];
  await session.send("Network.emulateNetworkConditionsByRule", { matchedNetworkConditions });
  await session.send("Network.overrideNetworkState", conditions);
}
