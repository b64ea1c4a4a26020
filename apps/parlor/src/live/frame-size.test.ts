import { expect, test } from "vitest";
import { fitFrame } from "./frame-size.ts";

test.each([
  [
    { width: 1920, height: 1080 },
    { width: 640, height: 360 },
  ],
  [
    { width: 1080, height: 1920 },
    { width: 360, height: 640 },
  ],
  [
    { width: 640, height: 480 },
    { width: 554, height: 416 },
  ],
  [
    { width: 320, height: 180 },
    { width: 320, height: 180 },
  ],
  [
    { width: 100_000, height: 1 },
    { width: 1920, height: 1 },
  ],
])("a source of %o is sent as %o", (source, frame) => {
  expect(fitFrame(source)).toEqual(frame);
});
