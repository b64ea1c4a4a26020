import { describe } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { BrowserClient } from "./browser-client.ts";
import { describeBrowser } from "./describe-browser.ts";

const chromium = requireTool("chromium");

/** What it needs as root and without a network. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

describe.skipIf(chromium.missing)("our server with Chromium", () => {
  const options = { executablePath: chromium.path, args };
  describeBrowser(new BrowserClient("Chromium", options, { limitsWindow: true, showsParameters: true }));
});
