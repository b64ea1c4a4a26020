import { afterEach, describe, expect, test, vi } from "vitest";
import { isPageHidden, pageUrl, random, randomText, startIdleTimer, watchPage } from "./platform.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page: its window, its document, and what the client is told of them. */
function openPage(documentFacts: object = { visibilityState: "visible" }) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), documentFacts);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("document", document);
  const log: string[] = [];
  const stop = watchPage({
    retryNow: () => log.push("retry"),
    suspectLink: () => log.push("suspect"),
    dropLink: () => log.push("drop"),
  });
  return { window, document, log, stop };
}

describe("what a page hears of the network", () => {
  test.each([
    ["online", "suspect"],
    ["pageshow", "suspect"],
    ["offline", "drop"],
    ["pagehide", "drop"],
  ])("%s at the window: %s", (type, hint) => {
    const { window, log } = openPage();
    window.dispatchEvent(new Event(type));
    expect(log).toEqual([hint]);
  });

  test.each([
    ["freeze", "drop"],
    ["resume", "suspect"],
    ["visibilitychange", "retry"],
  ])("%s at the document: %s", (type, hint) => {
    const { document, log } = openPage();
    document.dispatchEvent(new Event(type));
    expect(log).toEqual([hint]);
  });

  test("a page that becomes hidden is no reason to try again", () => {
    const { document, log } = openPage({ visibilityState: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
    expect(log).toEqual([]);
  });

  test("it stops hearing", () => {
    const { window, document, log, stop } = openPage();
    stop();
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("freeze"));
    expect(log).toEqual([]);
  });

  test("a worker has no document", () => {
    const worker = new EventTarget();
    vi.stubGlobal("addEventListener", worker.addEventListener.bind(worker));
    const log: string[] = [];
    const stop = watchPage({
      retryNow: () => {},
      suspectLink: () => log.push("suspect"),
      dropLink: () => {},
    });
    worker.dispatchEvent(new Event("online"));
    stop();
    worker.dispatchEvent(new Event("online"));
    expect(log).toEqual(["suspect"]);
  });

  test("there is none in Node", () => {
    expect(() =>
      watchPage({ retryNow: () => {}, suspectLink: () => {}, dropLink: () => {} })(),
    ).not.toThrow();
    expect([pageUrl(), isPageHidden()]).toEqual([undefined, false]);
  });
});

test("the page's address is what URLs are relative to", () => {
  vi.stubGlobal("location", { href: "https://app.example/page" });
  expect(pageUrl()).toBe("https://app.example/page");
});

test("random text is 22 characters of base64url, another one each time", () => {
  const texts = Array.from({ length: 200 }, randomText);
  for (const text of texts) expect(text).toMatch(/^[\w-]{22}$/);
  expect(new Set(texts).size).toBe(200);
});

test("random numbers are from 0 up to 1", () => {
  const numbers = Array.from({ length: 200 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(new Set(numbers).size).toBeGreaterThan(190);
});

test("an idle timer runs, in browsers where timers are numbers, too", () => {
  vi.stubGlobal("setTimeout", (action: () => void) => {
    action();
    return 1;
  });
  let calls = 0;
  startIdleTimer(1, () => calls++);
  expect(calls).toBe(1);
});
