/** What browsers and Node have, each in its way: found by looking for it. */

/** What the page, or the machine, may tell of the network. */
export interface NetworkHints {
  /** No reason to wait any longer. */
  retryNow(): void;
  /** The link may be dead. */
  suspectLink(): void;
  /** The link is as good as dead. */
  dropLink(): void;
}

/** 128 random bits as 22 characters of base64url. */
export function randomText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 22);
}

/** From 0 up to 1. */
export function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

/** The page's address, which is what a URL is relative to; undefined outside of browsers. */
export function pageUrl(): string | undefined {
  return (globalThis as { location?: { href: string } }).location?.href;
}

export function isPageHidden(): boolean {
  return typeof document !== "undefined" && document.visibilityState === "hidden";
}

/** A timer that does not keep a program alive by itself. */
export function startIdleTimer(delayMs: number, action: () => void): void {
  const timer: unknown = setTimeout(action, delayMs);
  (timer as { unref?: () => void }).unref?.();
}

/** Hands on what the page hears of the network, until what it returns is called. Outside of browsers it hears nothing. */
export function watchPage(hints: NetworkHints): () => void {
  if (typeof addEventListener !== "function") return () => {};
  const { signal, abort } = abortable();
  // A link that is still there may lead nowhere.
  const suspect = (): void => hints.suspectLink();
  const drop = (): void => hints.dropLink();
  addEventListener("online", suspect, { signal });
  addEventListener("offline", drop, { signal });
  // A page that is kept for the back button comes back by pageshow.
  addEventListener("pagehide", drop, { signal });
  addEventListener("pageshow", suspect, { signal });
  if (typeof document === "undefined") return abort;
  document.addEventListener("freeze", drop, { signal });
  document.addEventListener("resume", suspect, { signal });
  const showed = (): void => {
    if (!isPageHidden()) hints.retryNow();
  };
  document.addEventListener("visibilitychange", showed, { signal });
  return abort;
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
