import type { ParlorPage } from "./parlor-page.ts";

const TABS_MAX = 40;

/** Tab by Tab, as somebody without a mouse goes there. */
export async function tabTo(person: ParlorPage, name: string): Promise<void> {
  await person.page.bringToFront();
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    const focused = await person.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim();
    });
    if (focused === name) return;
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`“${name}” was not reached in ${TABS_MAX} tabs`);
}

/** Controls in sight without a name for a screen reader, or too small for a thumb; pictures without a text. */
export async function badControls(person: ParlorPage): Promise<string[]> {
  return person.page.evaluate(() => {
    const tapMinPx = 44;
    const bad: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("button, a, input, textarea, img, canvas")) {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0) continue;
      const labels = "labels" in element ? Array.from(element.labels as NodeListOf<HTMLElement>) : [];
      const named = [element.getAttribute("aria-label"), element.getAttribute("alt"), element.textContent];
      const texts = [...named, ...labels.map(({ textContent }) => textContent)];
      if (!texts.some((text) => text?.trim())) bad.push(`${element.outerHTML.slice(0, 80)} has no name`);
      if (element.matches("button, a, input, textarea") && Math.min(width, height) < tapMinPx) {
        bad.push(`${element.outerHTML.slice(0, 80)} is ${width} × ${height}`);
      }
    }
    return bad;
  });
}

/** What no page may do on the way: throw, or go against its own Content-Security-Policy. */
export async function untidiness(people: readonly ParlorPage[]): Promise<unknown[]> {
  const violations = await Promise.all(people.map(({ page }) => page.evaluate(() => window.taps.violations)));
  return [...people.flatMap(({ errors }) => errors), ...violations.flat()];
}
