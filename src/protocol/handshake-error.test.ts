import { describe, expect, test } from "vitest";
import { HandshakeError, type HandshakeErrorCode, handshakeRules } from "./errors.ts";

describe("HandshakeError", () => {
  test.each(Object.entries(handshakeRules))("%s has a status, a clause and a whole message", (code, rule) => {
    const names = [...rule.message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
    const facts = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const error = new HandshakeError(code as HandshakeErrorCode, facts);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "HandshakeError",
      code,
      status: rule.status,
      clause: rule.clause,
      facts,
    });
    expect([101, 400, 403, 404, 405, 426, 431]).toContain(error.status);
    expect(error.message).not.toMatch(/[{}]/);
    for (const name of names) expect(error.message).toContain(`<${name}>`);
    expect(error.message).toContain(`(${rule.clause})`);
  });

  test("names the method that is allowed with 405", () => {
    expect(new HandshakeError("WS_HANDSHAKE_METHOD").headers).toEqual({ Allow: "GET" });
  });

  test.each(["WS_HANDSHAKE_UPGRADE", "WS_HANDSHAKE_VERSION"] as const)(
    "%s names the protocol and the version that are spoken [6455-4.4-1 server]",
    (code) => {
      expect(new HandshakeError(code).headers).toEqual({
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
      });
    },
  );

  test("has no headers otherwise", () => {
    expect(new HandshakeError("WS_HANDSHAKE_KEY").headers).toEqual({});
  });

  test("takes the status from the facts where it is one of them", () => {
    const error = new HandshakeError("WS_HANDSHAKE_STATUS", { status: 404 });
    expect(error.status).toBe(404);
    expect(error.message).toBe("The server answered with status 404, not with 101 (RFC 6455 §4.1)");
  });

  test("cuts what a peer may have written", () => {
    const error = new HandshakeError("WS_HANDSHAKE_METHOD", { method: "X".repeat(10_000) });
    expect(error.facts["method"]).toBe(`${"X".repeat(500)}…`);
    expect(error.message.length).toBeLessThan(700);
  });

  test("names of facts may be anything", () => {
    const error = new HandshakeError("WS_HANDSHAKE_METHOD", { constructor: 1 });
    expect(error.message).toContain("{method}");
  });
});
