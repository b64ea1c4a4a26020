import { expect, test } from "vitest";
import { BulkWindow } from "./bulk-window.ts";

const frameBytes = 1000;

/** Sends frames until the window is closed, and returns how many. */
function fill(window: BulkWindow, now: number): number {
  let frames = 0;
  for (; window.isOpen && frames < 10_000; frames++) window.sent(frameBytes, now);
  return frames;
}

/** What fits in after so many rounds whose frames arrive one after another, the first after `delayMs`. */
function framesAfter(rounds: number, delayMs: number, eachMs = 0): number {
  const window = new BulkWindow(frameBytes);
  let [now, frames] = [0, fill(window, 0)];
  for (let round = 0; round < rounds; round++) {
    for (let frame = 0; frame < frames; frame++)
      window.acknowledged(frameBytes, now + delayMs + frame * eachMs);
    now += delayMs + frames * eachMs;
    frames = fill(window, now);
  }
  return frames;
}

test("begins with two frames", () => {
  expect(fill(new BulkWindow(frameBytes), 0)).toBe(2);
});

test("grows with each round while nothing queues up, up to 8 MiB", () => {
  expect([framesAfter(1, 50), framesAfter(2, 50), framesAfter(80, 50)]).toEqual([4, 8, 8388]);
});

test("stops growing where frames queue up", () => {
  expect(framesAfter(40, 20, 1)).toBeLessThan(40);
});

test("shrinks where each frame delays the next by more than the target", () => {
  expect(framesAfter(40, 0, 100)).toBeLessThanOrEqual(2);
});

test("lets one frame go, however large", () => {
  const window = new BulkWindow(frameBytes);
  window.sent(50 * frameBytes, 0);
  expect(window.isOpen).toBe(false);
  window.acknowledged(50 * frameBytes, 10);
  expect(window.isOpen).toBe(true);
});

test("measures nothing by a part of what was sent", () => {
  const window = new BulkWindow(frameBytes);
  fill(window, 0);
  window.acknowledged(500, 10);
  expect(window.isOpen).toBe(false);
});

test("does not count more as arrived than was sent", () => {
  const window = new BulkWindow(frameBytes);
  fill(window, 0);
  window.acknowledged(1e9, 10);
  expect(fill(window, 10)).toBeGreaterThan(1);
});

test("remembers a bounded number of frames", () => {
  const window = new BulkWindow(1);
  for (let frame = 0; frame < 300; frame++) window.sent(1, frame);
  window.acknowledged(300, 300);
  expect(window.isOpen).toBe(true);
});
