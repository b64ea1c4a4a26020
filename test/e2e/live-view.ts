import type { ParlorPage } from "./parlor-page.ts";

/** The line of the issue: at least so many images in each second, over at least so long. */
const RATE_MIN = 20;
const RATE_OVER_MS = 2000;
const DIFFERENT_MIN = 5;

/** Images painted per second over the latest two seconds; 0 before two seconds have been seen. */
export async function paintedRate(viewer: ParlorPage): Promise<number> {
  return viewer.page.evaluate(measure, RATE_OVER_MS);
}

/** Waits for two seconds in a row in which the images came fast enough. */
export async function waitForRate(viewer: ParlorPage): Promise<void> {
  await viewer.page.waitForSelector("canvas");
  await viewer.waitFor(
    ({ rateMin, overMs }) => {
      const canvas = document.querySelector("canvas");
      const times = (canvas && window.taps.paintedAt.get(canvas)) ?? [];
      const since = performance.now() - overMs;
      return (
        (times[0] ?? Infinity) < since &&
        times.filter((at) => at >= since).length >= (rateMin * overMs) / 1000
      );
    },
    { rateMin: RATE_MIN, overMs: RATE_OVER_MS },
  );
}

/** Waits until the canvas has shown several pictures that differ in their pixels. */
export async function waitForChanges(viewer: ParlorPage): Promise<void> {
  await viewer.page.evaluate(() => window.taps.seen.clear());
  await viewer.waitFor((differentMin) => {
    const canvas = document.querySelector("canvas");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let hash = 0;
    for (let index = 0; index < pixels.length; index += 4) {
      hash = (Math.imul(hash, 31) + (pixels[index] ?? 0) + (pixels[index + 1] ?? 0)) | 0;
    }
    return window.taps.seen.add(hash).size >= differentMin;
  }, DIFFERENT_MIN);
}

/** Runs in the page. */
function measure(overMs: number): number {
  const canvas = document.querySelector("canvas");
  const times = (canvas && window.taps.paintedAt.get(canvas)) ?? [];
  const since = performance.now() - overMs;
  if ((times[0] ?? Infinity) >= since) return 0;
  return (times.filter((at) => at >= since).length * 1000) / overMs;
}
