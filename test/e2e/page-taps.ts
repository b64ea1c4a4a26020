/** What the tests need to know of a page and it does not tell: laid in before its own scripts run. */
export interface PageTaps {
  /** What each `blob:` URL stands for, as the page's policy does not let a test fetch them. */
  blobs: Map<string, Blob>;
  /** When each frame was painted, in milliseconds, by canvas. */
  paintedAt: WeakMap<HTMLCanvasElement, number[]>;
  /** Hashes of pictures seen on a canvas. */
  seen: Set<number>;
  /** Directives of the Content-Security-Policy that something in the page went against. */
  violations: string[];
}

declare global {
  // An interface is what the DOM's own declaration can be merged with.
  interface Window {
    taps: PageTaps;
  }
}

/** Runs in the page. */
export function layTaps(): void {
  window.taps = { blobs: new Map(), paintedAt: new WeakMap(), seen: new Set(), violations: [] };
  document.addEventListener("securitypolicyviolation", (event) => {
    window.taps.violations.push(event.effectiveDirective);
  });

  const createObjectUrl = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (object) => {
    const url = createObjectUrl(object);
    if (object instanceof Blob) window.taps.blobs.set(url, object);
    return url;
  };

  const painting = CanvasRenderingContext2D.prototype;
  const drawImage = Object.getOwnPropertyDescriptor(painting, "drawImage")?.value as (
    ...args: never[]
  ) => void;
  painting.drawImage = function (this: CanvasRenderingContext2D, ...args: never[]) {
    Reflect.apply(drawImage, this, args);
    const times = window.taps.paintedAt.get(this.canvas) ?? [];
    times.push(performance.now());
    window.taps.paintedAt.set(this.canvas, times);
  };
}
