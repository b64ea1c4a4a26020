import { describe, expect, test } from "vitest";
import { readRequestHead, readResponseHead } from "./http-head.ts";

describe("request heads (RFC 9112 §3)", () => {
  test("a request line and headers are read", () => {
    const head = readRequestHead("GET /a?b HTTP/1.1\r\nHost:x\r\nA-B: \tc d \r\nEmpty:\r\n\r\n");
    expect(head).toEqual({
      method: "GET",
      target: "/a?b",
      httpVersion: "1.1",
      headers: new Map([
        ["host", "x"],
        ["a-b", "c d"],
        ["empty", ""],
      ]),
    });
  });

  test.each([
    "",
    "GET",
    "GET /",
    "GET / HTTP/1.1 ",
    "GET  / HTTP/1.1",
    " GET / HTTP/1.1",
    "GET / HTTP/1",
    "GET / HTTP/1.10",
    "GET / HTTP/11.1",
    "GET / http/1.1",
    "GET / HTTPS/1.1",
    "GET / XHTTP/1.1",
    "GET\t/\tHTTP/1.1",
    "GET /a b HTTP/1.1",
    "G@T / HTTP/1.1",
    "GET  HTTP/1.1",
  ])("the line %j is none", (line) => {
    expect(() => readRequestHead(`${line}\r\n\r\n`)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_START_LINE", status: 400 }),
    );
  });

  test.each([" folded", "\tfolded", " "])("the folded line %j is refused", (line) => {
    expect(() => readRequestHead(`GET / HTTP/1.1\r\nA: b\r\n${line}\r\n\r\n`)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_FOLDED", status: 400 }),
    );
  });

  test.each(["A : b", "A\t: b", ": b", "A", "A;b: c", "\u00e9: b", "A b: c"])(
    "the header %j is refused",
    (line) => {
      expect(() => readRequestHead(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`)).toThrow(
        expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_NAME", status: 400, facts: { number: 2 } }),
      );
    },
  );

  test("a repeated Host is refused", () => {
    expect(() => readRequestHead("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_REPEATED", status: 400 }),
    );
  });
});

describe("response heads (RFC 9112 §4)", () => {
  test("a status line and headers are read", () => {
    const head = readResponseHead("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    expect(head).toEqual({
      status: 101,
      reason: "Switching Protocols",
      httpVersion: "1.1",
      headers: new Map([["upgrade", "websocket"]]),
    });
  });

  test.each(["HTTP/1.1 404", "HTTP/1.1 404 "])("%j has an empty reason", (line) => {
    expect(readResponseHead(`${line}\r\n\r\n`)).toMatchObject({ status: 404, reason: "" });
  });

  test.each([
    "",
    "HTTP/1.1",
    "HTTP/1.1 1010 A",
    "HTTP/1.1 099 A",
    "HTTP/1.1  101 A",
    "http/1.1 101 A",
    "HTTP/1.1 10a A",
    "ICY 200 OK",
    "XHTTP/1.1 101 A",
  ])("the line %j is none", (line) => {
    expect(() => readResponseHead(`${line}\r\n\r\n`)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_START_LINE" }),
    );
  });

  test.each([100, 102, 103, 199])("the interim response %i is passed over", (status) => {
    expect(readResponseHead(`HTTP/1.1 ${status} A\r\n\r\n`)).toBeUndefined();
  });

  test("Sec-WebSocket-Version may be repeated, Sec-WebSocket-Accept may not", () => {
    const version = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8, 7\r\n";
    const head = readResponseHead(`HTTP/1.1 400 A\r\n${version}\r\n`);
    expect(head?.headers.get("sec-websocket-version")).toBe("13, 8, 7");
    const accept = "Sec-WebSocket-Accept: a\r\n".repeat(2);
    expect(() => readResponseHead(`HTTP/1.1 101 A\r\n${accept}\r\n`)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEADER_REPEATED" }),
    );
  });
});
