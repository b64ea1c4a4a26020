import { expect, test, vi } from "vitest";
import { lineStateOf } from "./line-state.ts";

test("a line that is there has no end", () => {
  expect(lineStateOf({ state: "connected", reason: { text: "resumed" } })).toEqual({
    phase: "connected",
    end: null,
    retryAtMs: null,
  });
});

test("a line that was lost tells why, and when it is tried again by this clock", () => {
  vi.useFakeTimers({ now: 1000 });
  const state = lineStateOf({ state: "suspended", reason: { code: 1006, text: "", retryInMs: 500 } });
  vi.useRealTimers();
  expect(state).toEqual({ phase: "suspended", end: { code: 1006, reason: "" }, retryAtMs: 1500 });
});

test("a reason without a code is a line that broke off", () => {
  const { end, retryAtMs } = lineStateOf({ state: "connecting", reason: { text: "no link" } });
  expect(end).toEqual({ code: 1006, reason: "no link" });
  expect(retryAtMs).toBeNull();
});
