import type { LaunchOptions } from "puppeteer-core";
import { describe } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { BrowserClient } from "./browser-client.ts";
import { describeBrowser } from "./describe-browser.ts";

const firefox = requireTool("firefox");

describe.skipIf(firefox.missing)("our server with Firefox", () => {
  const options: LaunchOptions = {
    executablePath: firefox.path,
    browser: "firefox",
    protocol: "webDriverBiDi",
    // Otherwise a refused handshake delays the next one to the same host.
    extraPrefsFirefox: { "network.websocket.delay-failed-reconnects": false },
  };
  describeBrowser(new BrowserClient("Firefox", options, { limitsWindow: false, showsParameters: false }));
});
