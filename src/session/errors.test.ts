import { describe, expect, test } from "vitest";
import { BufferFullError, isRetryable, SessionError, type SessionErrorCode, sessionRules } from "./errors.ts";

describe("the rules of a session", () => {
  test.each(Object.keys(sessionRules) as SessionErrorCode[])(
    "%s has a close code of the protocol",
    (code) => {
      const error = new SessionError(code);
      expect(error.closeCode).toBe(sessionRules[code].closeCode);
      expect(error.closeCode).toBeGreaterThanOrEqual(3000);
      expect(error.closeCode).toBeLessThanOrEqual(3999);
    },
  );

  test("fill in the facts", () => {
    const error = new SessionError("SESSION_MESSAGE_TOO_LARGE", { bytes: 3, limit: 2 });
    expect(error.message).toBe("A message has 3 bytes, the limit is 2");
    expect(error).toMatchObject({ name: "SessionError", facts: { bytes: 3, limit: 2 } });
  });

  test("keep the cause", () => {
    const cause = new Error("the database is away");
    expect(new SessionError("SESSION_UNAVAILABLE", {}, { cause }).cause).toBe(cause);
  });
});

test("a full buffer tells how full", () => {
  const error = new BufferFullError(9, 10, "messages");
  expect(error).toMatchObject({
    name: "BufferFullError",
    code: "SESSION_BUFFER_FULL",
    buffered: 9,
    limit: 10,
  });
  expect(error.message).toBe("9 messages wait already, the limit is 10; await writable() between messages");
});

test.each([
  [1000, true],
  [1006, true],
  [3499, true],
  [3500, false],
  [3999, false],
  [4000, true],
])("after %i a client connects again: %j", (closeCode, isAgain) => {
  expect(isRetryable(closeCode)).toBe(isAgain);
});
