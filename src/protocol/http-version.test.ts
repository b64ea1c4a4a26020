import { expect, test } from "vitest";
import { canUpgrade } from "./http-version.ts";

test.each([
  ["0.9", false],
  ["1.0", false],
  ["1.1", true],
  ["1.2", true],
  ["2.0", true],
])("HTTP/%s can upgrade: %j", (version, expected) => {
  expect(canUpgrade(version)).toBe(expected);
});
