import { describe } from "vitest";
import { BrowserClient } from "./browser-client.ts";
import { chromium, chromiumOptions } from "./chromium.ts";
import { describeBrowser } from "./describe-browser.ts";

describe.skipIf(chromium.missing)("our server with Chromium", () => {
  describeBrowser(
    new BrowserClient("Chromium", chromiumOptions, { limitsWindow: true, showsParameters: true }),
  );
});
