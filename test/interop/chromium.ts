import type { LaunchOptions } from "puppeteer-core";
import { requireTool } from "../../tools/system-packages.ts";

export const chromium = requireTool("chromium");

/** Chromium with an empty profile and what it needs as root and without a network. */
export const chromiumOptions: LaunchOptions = {
  executablePath: chromium.path,
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
};
