import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readUpgradeResponse, type SentUpgrade, writeUpgradeRequest } from "./client-handshake.ts";
import { HandshakeError } from "./errors.ts";
import type { ResponseHead } from "./http-head.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";
const demand = { host: "server.example.com", target: "/chat", key };

function sha1Base64(text: string): string {
  return `[${text}]`;
}

const needed = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-accept": `[${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11]`,
};

type Change = Partial<Omit<ResponseHead, "headers">> & { headers?: Record<string, string | undefined> };

/** Reads a response that is valid but for `change`, to a request for nothing but `sent`. */
function read({ headers, ...line }: Change, sent: Partial<SentUpgrade> = {}) {
  const entries = Object.entries({ ...needed, ...headers }).filter((entry) => entry[1] !== undefined);
  const map = new Map(entries);
  const head = { status: 101, reason: "", httpVersion: "1.1", headers: map, ...line };
  return readUpgradeResponse(head, { key, protocols: [], deflate: undefined, ...sent }, sha1Base64);
}

describe("a client's opening handshake (RFC 6455 §4.1)", () => {
  const marks = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 28, 29].map((row) => `[6455-4.1-${row} client]`);

  test(`has all that it must have ${marks.join(" ")}`, () => {
    expect(writeUpgradeRequest(demand)).toBe(
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });

  test("has what is asked for besides [7692-5-1 client]", () => {
    const text = writeUpgradeRequest({
      ...demand,
      protocols: ["chat", "superchat"],
      extensions: "permessage-deflate; client_max_window_bits",
      origin: "https://app.example",
      headers: { Authorization: "Bearer a", Cookie: "b=c" },
    });
    expect(text.split("\r\n").slice(6)).toEqual([
      "Sec-WebSocket-Protocol: chat, superchat",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      "Origin: https://app.example",
      "Authorization: Bearer a",
      "Cookie: b=c",
      "",
      "",
    ]);
  });

  test.each([
    ["host", { host: "a b" }],
    ["host", { host: "a\r\nX: b" }],
    ["host", { host: "user@a" }],
    ["target", { target: "chat" }],
    ["target", { target: "http://a.example/" }],
    ["target", { target: "/a#b" }],
    ["target", { target: "/a\r\nX: b" }],
    ["key", { key: "short" }],
    ["protocols", { protocols: ["a", "a"] }],
    ["protocols", { protocols: ["a, b"] }],
    ["protocols", { protocols: [""] }],
    ['headers["Origin"]', { origin: "https://a\r\nX: b" }],
    ['headers["X"]', { headers: { X: "a\r\nY: b" } }],
  ])("is not written with a wrong %s: %j [6455-4.1-30 client] [6455-4.1-31 client]", (name, change) => {
    const write = () => writeUpgradeRequest({ ...demand, ...change });
    expect(write).toThrow(TypeError);
    expect(write).toThrow(name);
  });

  test.each([
    "Host",
    "Upgrade",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol",
    "sec-websocket-extensions",
    "Sec-WebSocket-Accept",
  ])("is not overridden by a header %s of the caller's", (name) => {
    expect(() => writeUpgradeRequest({ ...demand, headers: { [name]: "a" } })).toThrow(
      new TypeError(`headers has "${name}", which the handshake writes itself`),
    );
  });

  test("has one Origin, by the option or by a header", () => {
    const headers = { Origin: "https://b.example" };
    expect(writeUpgradeRequest({ ...demand, headers })).toContain("\r\nOrigin: https://b.example\r\n");
    expect(() => writeUpgradeRequest({ ...demand, headers, origin: "https://a.example" })).toThrow(
      'headers has "Origin"',
    );
  });
});

describe("a server's response is taken (RFC 6455 §4.1)", () => {
  test("without protocol and extensions", () => {
    expect(read({})).toEqual({ protocol: "", extensions: "", deflate: undefined });
  });

  test.each([
    ["upgrade", "WebSocket"],
    ["connection", "upgrade"],
    ["connection", "keep-alive, Upgrade"],
    ["set-cookie", "a=b"],
  ])("with %s: %s", (name, value) => {
    expect(read({ headers: { [name]: value } }).protocol).toBe("");
  });

  test("with one of the subprotocols that were offered", () => {
    expect(read({ headers: { "sec-websocket-protocol": "b" } }, { protocols: ["a", "b"] }).protocol).toBe(
      "b",
    );
  });

  test("with permessage-deflate if it was offered", () => {
    const extensions = "permessage-deflate; client_max_window_bits=10";
    const established = read({ headers: { "sec-websocket-extensions": extensions } }, { deflate: {} });
    expect(established.extensions).toBe(extensions);
    expect(established.deflate?.clientMaxWindowBits).toBe(10);
  });

  test("without permessage-deflate though it was offered", () => {
    expect(read({}, { deflate: {} }).deflate).toBeUndefined();
  });
});

describe("a client fails on a response (RFC 6455 §4.1)", () => {
  test.each<[string, Change, string]>([
    ["WS_HANDSHAKE_HTTP_VERSION", { httpVersion: "1.0" }, "39"],
    ["WS_HANDSHAKE_RESPONSE_UPGRADE", { headers: { upgrade: undefined } }, "34"],
    ["WS_HANDSHAKE_RESPONSE_UPGRADE", { headers: { upgrade: "h2c" } }, "34"],
    ["WS_HANDSHAKE_RESPONSE_UPGRADE", { headers: { upgrade: "websocket, h2c" } }, "34"],
    ["WS_HANDSHAKE_RESPONSE_CONNECTION", { headers: { connection: undefined } }, "35"],
    ["WS_HANDSHAKE_RESPONSE_CONNECTION", { headers: { connection: "close" } }, "35"],
    ["WS_HANDSHAKE_ACCEPT", { headers: { "sec-websocket-accept": undefined } }, "36"],
    ["WS_HANDSHAKE_ACCEPT", { headers: { "sec-websocket-accept": "" } }, "36"],
    [
      "WS_HANDSHAKE_ACCEPT",
      { headers: { "sec-websocket-accept": needed["sec-websocket-accept"].toLowerCase() } },
      "36",
    ],
    [
      "WS_HANDSHAKE_EXTENSION_NOT_OFFERED",
      { headers: { "sec-websocket-extensions": "permessage-deflate" } },
      "37",
    ],
    ["WS_HANDSHAKE_EXTENSION_NOT_OFFERED", { headers: { "sec-websocket-extensions": "foo" } }, "37"],
    ["WS_HANDSHAKE_PROTOCOL_NOT_OFFERED", { headers: { "sec-websocket-protocol": "a" } }, "38"],
    ["WS_HANDSHAKE_PROTOCOL_NOT_OFFERED", { headers: { "sec-websocket-protocol": "" } }, "38"],
  ])("with %s for %j [6455-4.1-%s client]", (code, change) => {
    expect(() => read(change)).toThrow(
      expect.objectContaining({ name: "HandshakeError", code, status: 101 }),
    );
  });

  test.each([200, 301, 400, 401, 404, 426, 503])(
    "with the status %i, which it names [6455-4.1-33 client]",
    (status) => {
      expect(() => read({ status })).toThrow(
        expect.objectContaining({ code: "WS_HANDSHAKE_STATUS", status }),
      );
      expect(() => read({ status })).toThrow(`The server answered with status ${status}`);
    },
  );

  test.each(["", "A", "a, b", "a,"])("that chooses the protocol %j of a and b", (protocol) => {
    const headers = { "sec-websocket-protocol": protocol };
    expect(() => read({ headers }, { protocols: ["a", "b"] })).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_PROTOCOL_NOT_OFFERED", facts: { protocol } }),
    );
  });

  test("that chooses no protocol though some were offered", () => {
    expect(() => read({}, { protocols: ["a"] })).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_PROTOCOL_NOT_CHOSEN" }),
    );
  });

  test.each([
    ["foo", "WS_HANDSHAKE_EXTENSION_NOT_OFFERED", "[7692-5-11 client]"],
    ["permessage-deflate, foo", "WS_HANDSHAKE_EXTENSION_NOT_OFFERED", "[7692-5-7 client] [7692-5-9 client]"],
    ["permessage-deflate, permessage-deflate", "WS_HANDSHAKE_EXTENSION_REPEATED", "[7692-5-7 client]"],
    ["permessage-deflate; x", "WS_HANDSHAKE_DEFLATE", "[7692-5-11 client]"],
    ["", "WS_HANDSHAKE_EXTENSIONS", "[6455-4.1-39 client]"],
    ["permessage-deflate;", "WS_HANDSHAKE_EXTENSIONS", "[6455-4.1-39 client]"],
  ])("with the extensions %j: %s %s", (extensions, code) => {
    const headers = { "sec-websocket-extensions": extensions };
    expect(() => read({ headers }, { deflate: {} })).toThrow(expect.objectContaining({ code }));
  });

  test("whatever is in it, by a HandshakeError only", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("a", "permessage-deflate", "websocket", "Upgrade"));
    const name = fc.constantFrom(
      ...Object.keys(needed),
      "sec-websocket-protocol",
      "sec-websocket-extensions",
      "__proto__",
    );
    const change = fc.record(
      {
        status: fc.constantFrom(101, 200),
        httpVersion: fc.constantFrom("1.0", "1.1"),
        headers: fc.dictionary(name, text),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(change, fc.boolean(), (changed, offers) => {
      try {
        expect(read(changed, offers ? { deflate: {}, protocols: ["a"] } : {})).toHaveProperty("deflate");
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError);
      }
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
