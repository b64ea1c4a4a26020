import { describe, expect, test } from "vitest";
import { protocolLimits } from "./limits.ts";

describe("limits of the protocol", () => {
  test.each(Object.entries(protocolLimits))(
    "%s has a default, a unit and says what happens past it",
    (_name, limit) => {
      expect(limit.default).toBeGreaterThan(0);
      expect(Number.isSafeInteger(limit.default)).toBe(true);
      for (const text of [limit.unit, limit.where, limit.description, limit.past]) expect(text).not.toBe("");
    },
  );

  test("let 16 MiB pass, also in 64-byte fragments of 4 MiB", () => {
    expect(protocolLimits.maxPayload.default).toBe(16 * 1024 * 1024);
    expect(protocolLimits.maxFragments.default).toBeGreaterThan((4 * 1024 * 1024) / 64);
  });
});
