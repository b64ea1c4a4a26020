import { expect, test } from "vitest";
import { FramePainter, type PaintableFrame } from "./frame-painter.ts";

function frame(number: number): PaintableFrame {
  return { type: "image/jpeg", bytes: new Uint8Array([number]) };
}

class SlowDecoder {
  readonly painted: number[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #failures = new Set<number>();

  decode = async ({ bytes }: PaintableFrame): Promise<number> => {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failures.has(bytes[0]!)) throw new Error("damaged");
    return bytes[0]!;
  };
  paint = (number: number): void => void this.painted.push(number);
  failOn(number: number): void {
    this.#failures.add(number);
  }
  async finishOne(): Promise<void> {
    this.#waiting.shift()?.();
    // The decoder's promise, the painter's loop and its next call each take a turn of the microtask queue.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("while one frame is decoded, only the latest of those that arrive is kept", async () => {
  const decoder = new SlowDecoder();
  const painter = new FramePainter(decoder);
  for (const number of [1, 2, 3, 4]) painter.show(frame(number));
  await decoder.finishOne();
  await decoder.finishOne();
  await decoder.finishOne();
  expect(decoder.painted).toEqual([1, 4]);
});

test("a damaged frame is skipped and the next is painted", async () => {
  const decoder = new SlowDecoder();
  decoder.failOn(1);
  const painter = new FramePainter(decoder);
  painter.show(frame(1));
  painter.show(frame(2));
  await decoder.finishOne();
  await decoder.finishOne();
  expect(decoder.painted).toEqual([2]);
});

test("the rate is that of the last two seconds, and falls to nothing when nothing comes", async () => {
  let nowMs = 0;
  const decoder = new SlowDecoder();
  const painter = new FramePainter(decoder, () => nowMs);
  for (let number = 0; number < 100; number++) {
    nowMs += 40;
    painter.show(frame(number));
    await decoder.finishOne();
  }
  expect(painter.rate).toBe(25);
  nowMs += 2001;
  expect(painter.rate).toBe(0);
});
