import { describe, expect, test } from "vitest";
import { isSendableCloseCode } from "./close-code.ts";
import { ProtocolError, type ProtocolErrorCode, protocolRules } from "./errors.ts";

const rows = Object.entries(protocolRules) as [
  ProtocolErrorCode,
  (typeof protocolRules)[ProtocolErrorCode],
][];

describe("ProtocolError", () => {
  test.each(rows)("%s has a close code, a clause and a whole message", (code, rule) => {
    const names = [...rule.message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
    const facts = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const error = new ProtocolError(code, facts);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ProtocolError", code, closeCode: rule.closeCode, facts });
    expect(error.clause).toMatch(/^RFC (?:6455|7692) §\d/);
    expect(error.message).not.toMatch(/[{}]/);
    for (const name of names) expect(error.message).toContain(`<${name}>`);
    expect(error.message).toContain(`(${rule.clause})`);
  });

  test.each(rows)("%s: its Close frame may be sent, its reason fits", (code, rule) => {
    expect(isSendableCloseCode(rule.closeCode)).toBe(true);
    const { message } = new ProtocolError(code, {
      length: 2 ** 53,
      limit: 2 ** 53,
      closeCode: 65_535,
      opcode: 15,
    });
    expect(message.length).toBeLessThanOrEqual(150);
  });

  test("gives the numbers", () => {
    const error = new ProtocolError("WS_MESSAGE_TOO_LARGE", { length: 70_000, limit: 65_536 });
    expect(error.message).toBe(
      "A message has at least 70000 bytes, the limit is 65536 (maxPayload) (RFC 6455 §7.4.1)",
    );
  });

  test("leaves a placeholder without a fact as it is, also for names that objects have", () => {
    expect(new ProtocolError("WS_RESERVED_OPCODE", {}).message).toContain("{opcode}");
  });

  test("keeps its cause", () => {
    const cause = new Error("origin");
    expect(new ProtocolError("WS_DEFLATE_DATA", {}, { cause }).cause).toBe(cause);
  });
});
