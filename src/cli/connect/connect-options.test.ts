import { describe, expect, test } from "vitest";
import { type ConnectFlags, connectOptions } from "./connect-options.ts";

const url = "ws://app.example/live";

describe("connectOptions", () => {
  test("asks for nothing special by default", () => {
    expect(connectOptions(url, {})).toEqual({
      url: new URL(url),
      headers: {},
      subprotocols: [],
      origin: undefined,
      ca: undefined,
      checksCertificate: true,
      compress: false,
      pingIntervalMs: null,
      format: "text",
      maxPayload: 16 * 1024 * 1024,
      handshakeTimeoutMs: 10_000,
      waitMs: 1000,
      keepsHistory: true,
    });
  });

  test("takes every flag", () => {
    const flags: ConnectFlags = {
      header: ["Authorization: Bearer a:b ", "X-Empty:"],
      subprotocol: ["chat", "mqtt", "chat"],
      origin: "https://a.example",
      insecure: true,
      compress: true,
      ping: "0.5",
      json: true,
      maxPayload: "100",
      timeout: "86400",
      wait: "forever",
      history: false,
    };
    expect(connectOptions(url, flags)).toMatchObject({
      headers: { Authorization: "Bearer a:b", "X-Empty": "" },
      subprotocols: ["chat", "mqtt"],
      origin: "https://a.example",
      checksCertificate: false,
      compress: true,
      pingIntervalMs: 500,
      format: "json",
      maxPayload: 100,
      handshakeTimeoutMs: 86_400_000,
      waitMs: Number.POSITIVE_INFINITY,
      keepsHistory: false,
    });
    expect(connectOptions(url, { binary: true, wait: "0" })).toMatchObject({ format: "binary", waitMs: 0 });
  });

  test.each<[ConnectFlags, string]>([
    [
      { header: ["Nonsense"] },
      '--header is without a name and a colon; allowed is "Name: value" on one line',
    ],
    [{ header: [": value"] }, "--header is without a name and a colon"],
    [{ header: ["A B: value"] }, "--header is without a name and a colon"],
    [{ header: ["Token: sec\r\nret"] }, "--header is Token with a value of other characters"],
    [{ header: ["Token: sec€ret"] }, "--header is Token with a value of other characters"],
    [{ subprotocol: ["a b"] }, '--subprotocol is "a b"; allowed is a name of letters'],
    [{ subprotocol: [""] }, '--subprotocol is ""; allowed'],
    [{ ping: "0" }, '--ping is "0"; allowed is a number of seconds above 0, up to 86400'],
    [{ ping: "1e3" }, '--ping is "1e3"; allowed'],
    [{ ping: "1.2.3" }, '--ping is "1.2.3"; allowed'],
    [{ timeout: "soon" }, '--timeout is "soon"; allowed is a number of seconds above 0'],
    [{ timeout: "86401" }, '--timeout is "86401"; allowed'],
    [{ wait: "-1" }, '--wait is "-1"; allowed is a number of seconds from 0 to 86400, or "forever"'],
    [{ wait: "" }, '--wait is ""; allowed'],
    [{ maxPayload: "1k" }, '--max-payload is "1k"; allowed is a number of bytes from 1 to 2147483647'],
    [{ maxPayload: "0" }, '--max-payload is "0"; allowed'],
    [{ maxPayload: "2147483648" }, '--max-payload is "2147483648"; allowed'],
    [{ ca: "/absent.pem" }, '--ca is "/absent.pem", which cannot be read: there is no such file'],
    [{ ca: "/" }, '--ca is "/", which cannot be read: it is a folder'],
    [{ binary: true, json: true }, "--binary is given beside --json; allowed is one of them"],
  ])("refuses %j", (flags, message) => {
    expect(() => connectOptions(url, flags)).toThrow(message);
  });

  test("shows no part of a header's value, which may be a secret", () => {
    expect(() => connectOptions(url, { header: ["Token: sec\nret"] })).toThrow(/^((?!sec|ret).)*$/);
  });
});
