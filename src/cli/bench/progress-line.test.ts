import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProgressLine } from "./progress-line.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a line is written anew each second, and erased at the end", () => {
  let written = "";
  let second = 0;
  {
    using line = new ProgressLine((text) => {
      written += text;
    });
    line.follow(() => "never seen");
    line.follow(() => `second ${++second}`);
    vi.advanceTimersByTime(2500);
  }
  vi.advanceTimersByTime(2500);
  expect(written).toBe("\r\x1b[Ksecond 1\r\x1b[Ksecond 2\r\x1b[K");
});

test("nothing is described where nothing is shown, or within the first second", () => {
  const describe = vi.fn<() => string>(() => "");
  const write = vi.fn<(text: string) => void>();
  for (const line of [new ProgressLine(null), new ProgressLine(write)]) {
    line.follow(describe);
    vi.advanceTimersByTime(999);
    line[Symbol.dispose]();
  }
  vi.advanceTimersByTime(5000);
  expect([describe.mock.calls, write.mock.calls]).toEqual([[], []]);
});
