import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../test/raw-peer/frame.ts";
import { frameArena } from "./frame-arena.ts";

/** Writes a frame and tells where it is. */
function write(text: string): { buffer: Buffer; start: number; end: number } {
  frameArena.writeText(text, false);
  const { buffer, start, end } = frameArena;
  return { buffer, start, end };
}

describe("the arena", () => {
  test("takes the last frame back", () => {
    const { buffer, start, end } = write("gone");
    frameArena.release(buffer, start, end);
    expect(write("next")).toMatchObject({ buffer, start });
  });

  test("takes back no frame that others were written after", () => {
    const { buffer, start, end } = write("gone");
    const kept = write("kept");
    frameArena.release(buffer, start, end);
    write("next");
    expect(decodeFrame(kept.buffer.subarray(kept.start, kept.end))?.frame.payload.toString()).toBe("kept");
  });

  test("takes back nothing of a buffer that was replaced", () => {
    const first = write("first");
    while (frameArena.buffer === first.buffer) write("x".repeat(5000));
    const { end } = frameArena;
    frameArena.release(first.buffer, first.start, end);
    expect(frameArena.end).toBe(end);
  });
});
