import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launch } from "puppeteer-core";

export type BrowserName = "chromium" | "firefox";

const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // A camera that needs nobody's consent and shows moving pictures, at the rate that real ones have.
  "--use-fake-device-for-media-stream=fps=30",
  "--use-fake-ui-for-media-stream",
];

const firefoxPreferences = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "app.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
};

/** A real browser with an empty profile, which is removed with it. */
export async function launchBrowser(
  name: BrowserName,
  executablePath: string,
): Promise<{ browser: Browser } & AsyncDisposable> {
  const profile = await mkdtemp(join(tmpdir(), `parlor-${name}-`));
  const common = { executablePath, userDataDir: profile, headless: true };
  const browser =
    name === "chromium"
      ? await launch({ ...common, browser: "chrome", args: chromiumFlags })
      : await launch({
          ...common,
          browser: "firefox",
          protocol: "webDriverBiDi",
          extraPrefsFirefox: firefoxPreferences,
        });
  return {
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
