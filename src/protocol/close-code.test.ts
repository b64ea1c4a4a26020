import { describe, expect, test } from "vitest";
import { CloseCode, closeReasonBytesMax, isSendableCloseCode } from "./close-code.ts";

const ranges = [
  [1000, 1003],
  [1007, 1014],
  [3000, 4999],
] as const;

describe("close codes (RFC 6455 §7.4)", () => {
  test("those for the wire are 1000–1003, 1007–1014 and 3000–4999, of all that fit two bytes", () => {
    const sendable = Array.from({ length: 65_536 }, (_, code) => code).filter(isSendableCloseCode);
    const expected = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    expect(sendable).toEqual(expected);
  });

  test.each([-1, 1000.5, 65_536 + 1000, Number.NaN, Number.POSITIVE_INFINITY])("%d is none", (code) => {
    expect(isSendableCloseCode(code)).toBe(false);
  });

  test("the three that say how a connection ended are never sent", () => {
    const { NoStatus, Abnormal, TlsHandshake, ...others } = CloseCode;
    expect([NoStatus, Abnormal, TlsHandshake].map(isSendableCloseCode)).toEqual([false, false, false]);
    expect(Object.values(others).every(isSendableCloseCode)).toBe(true);
  });

  test("a reason fills a control frame beside the code", () => {
    expect(closeReasonBytesMax).toBe(125 - 2);
  });
});
