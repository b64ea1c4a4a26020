import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HandshakeError } from "./errors.ts";
import { headerMapFromRaw } from "./header-map.ts";
import type { RequestHead } from "./http-head.ts";
import { readUpgradeRequest, writeUpgradeResponse } from "./server-handshake.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";
const needed = {
  Host: "server.example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": key,
  "Sec-WebSocket-Version": "13",
};

type Change = Partial<Omit<RequestHead, "headers">> & { headers?: Record<string, string | undefined> };

/** A valid request but for `change`; a header given as undefined is left out. */
function request({ headers, ...line }: Change = {}): RequestHead {
  const raw = Object.entries({ ...needed, ...headers }).filter((entry) => entry[1] !== undefined);
  return {
    method: "GET",
    target: "/chat",
    httpVersion: "1.1",
    headers: headerMapFromRaw(raw.flat()),
    ...line,
  };
}

function read(change?: Change) {
  return readUpgradeRequest(request(change));
}

function sha1Base64(text: string): string {
  return `[${text}]`;
}

describe("a client's opening handshake (RFC 6455 §4.2.1)", () => {
  test("is read [6455-4.2.1-2 server] [6455-4.2.1-3 server] [6455-4.2.1-6 server] [6455-4.2.1-7 server]", () => {
    expect(read()).toEqual({
      target: "/chat",
      path: "/chat",
      host: "server.example.com",
      key,
      protocols: [],
      extensions: [],
      origin: undefined,
    });
  });

  test("is read with all that may be in it [6455-4.2.1-8 server] [6455-4.2.1-9 server]", () => {
    const headers = {
      Origin: "http://example.com",
      "Sec-WebSocket-Protocol": "chat, superchat",
      "Sec-WebSocket-Extensions": "foo; a=1",
      Cookie: "a=b",
      "X-Unknown": "any thing",
    };
    expect(read({ target: "/a?b", headers })).toMatchObject({
      target: "/a?b",
      path: "/a",
      protocols: ["chat", "superchat"],
      extensions: [{ name: "foo", parameters: [["a", "1"]] }],
      origin: "http://example.com",
    });
  });

  test.each(["WebSocket", "WEBSOCKET", "h2c, websocket", "websocket, h2c"])(
    "may have the Upgrade %s [6455-4.2.1-4 server]",
    (Upgrade) => {
      expect(read({ headers: { Upgrade } }).key).toBe(key);
    },
  );

  test.each(["upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,close"])(
    "may have the Connection %s [6455-4.2.1-5 server]",
    (Connection) => {
      expect(read({ headers: { Connection } }).key).toBe(key);
    },
  );

  test.each(["1.2", "2.0"])("may be of HTTP/%s [6455-4.2.1-2 server]", (httpVersion) => {
    expect(read({ httpVersion }).key).toBe(key);
  });

  test("with an absolute target calls the host that is in it", () => {
    expect(read({ target: "http://other.example:81/a?b" })).toMatchObject({
      target: "/a?b",
      host: "other.example:81",
    });
  });

  test("with a target that begins with // calls its Host", () => {
    expect(read({ target: "//evil.example/a" })).toMatchObject({
      target: "//evil.example/a",
      path: "//evil.example/a",
      host: "server.example.com",
    });
  });

  test("may say that it has a body of 0 bytes", () => {
    expect(read({ headers: { "Content-Length": "0" } }).key).toBe(key);
  });
});

describe("an opening handshake is refused (RFC 6455 §4.2.1)", () => {
  test.each<[number, string, Change]>([
    [405, "WS_HANDSHAKE_METHOD", { method: "POST" }],
    [405, "WS_HANDSHAKE_METHOD", { method: "get" }],
    [405, "WS_HANDSHAKE_METHOD", { method: "HEAD" }],
    [400, "WS_HANDSHAKE_HTTP_VERSION", { httpVersion: "1.0" }],
    [400, "WS_HANDSHAKE_HTTP_VERSION", { httpVersion: "0.9" }],
    [400, "WS_HANDSHAKE_TARGET", { target: "*" }],
    [400, "WS_HANDSHAKE_TARGET", { target: "/a#b" }],
    [400, "WS_HANDSHAKE_HOST", { headers: { Host: undefined } }],
    [400, "WS_HANDSHAKE_HOST", { headers: { Host: undefined }, target: "http://a.example/" }],
    [400, "WS_HANDSHAKE_HOST", { headers: { Host: "" } }],
    [400, "WS_HANDSHAKE_HOST", { headers: { Host: "user@a.example" } }],
    [426, "WS_HANDSHAKE_UPGRADE", { headers: { Upgrade: undefined } }],
    [426, "WS_HANDSHAKE_UPGRADE", { headers: { Upgrade: "h2c" } }],
    [426, "WS_HANDSHAKE_UPGRADE", { headers: { Upgrade: "websockets" } }],
    [400, "WS_HANDSHAKE_CONNECTION", { headers: { Connection: undefined } }],
    [400, "WS_HANDSHAKE_CONNECTION", { headers: { Connection: "keep-alive" } }],
    [426, "WS_HANDSHAKE_VERSION", { headers: { "Sec-WebSocket-Version": undefined } }],
    [426, "WS_HANDSHAKE_VERSION", { headers: { "Sec-WebSocket-Version": "8" } }],
    [426, "WS_HANDSHAKE_VERSION", { headers: { "Sec-WebSocket-Version": "013" } }],
    [426, "WS_HANDSHAKE_VERSION", { headers: { "Sec-WebSocket-Version": "13, 8" } }],
    [400, "WS_HANDSHAKE_KEY", { headers: { "Sec-WebSocket-Key": undefined } }],
    [400, "WS_HANDSHAKE_KEY", { headers: { "Sec-WebSocket-Key": "" } }],
    [400, "WS_HANDSHAKE_KEY", { headers: { "Sec-WebSocket-Key": "c2hvcnQ=" } }],
    [400, "WS_HANDSHAKE_BODY", { headers: { "Content-Length": "1" } }],
    [400, "WS_HANDSHAKE_BODY", { headers: { "Content-Length": "-0" } }],
    [400, "WS_HANDSHAKE_BODY", { headers: { "Transfer-Encoding": "chunked" } }],
    [400, "WS_HANDSHAKE_PROTOCOLS", { headers: { "Sec-WebSocket-Protocol": "a, a" } }],
    [400, "WS_HANDSHAKE_PROTOCOLS", { headers: { "Sec-WebSocket-Protocol": "" } }],
    [400, "WS_HANDSHAKE_EXTENSIONS", { headers: { "Sec-WebSocket-Extensions": "" } }],
    [400, "WS_HANDSHAKE_EXTENSIONS", { headers: { "Sec-WebSocket-Extensions": "a; b=" } }],
  ])("with %i %s for %j [6455-4.2.1-1 server]", (status, code, change) => {
    expect(() => read(change)).toThrow(expect.objectContaining({ name: "HandshakeError", status, code }));
  });

  test("without a head at all with 426, as an ordinary visitor is", () => {
    const head = { method: "GET", target: "/", httpVersion: "1.1", headers: new Map([["host", "a"]]) };
    expect(() => readUpgradeRequest(head)).toThrow(expect.objectContaining({ status: 426 }));
  });

  test("whatever is in it, by a HandshakeError only", () => {
    const text = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom("GET", "/", "1.1", "13", key));
    const name = fc.constantFrom(
      ...Object.keys(needed),
      "Origin",
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
      "__proto__",
      "Content-Length",
    );
    const change = fc.record(
      {
        method: fc.constantFrom("GET", "POST", "__proto__"),
        target: fc.oneof(text, fc.constant("/"), fc.webUrl()),
        httpVersion: fc.constantFrom("1.0", "1.1", "9.9"),
        headers: fc.dictionary(
          name,
          text.map((value) => value.replaceAll(/[^\t -~]/g, "")),
        ),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(change, (changed) => {
      try {
        expect(read(changed).key).toMatch(/^.{24}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError);
      }
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});

describe("a server's opening handshake (RFC 6455 §4.2.2)", () => {
  test("is a valid 101 response [6455-4.2.2-11 server] [6455-4.2.2-12 server] [6455-4.2.2-13 server] [6455-4.2.2-14 server]", () => {
    expect(writeUpgradeResponse({ key }, sha1Base64)).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: [${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11]\r\n\r\n`,
    );
  });

  test("names what was agreed, and no protocol or extension otherwise [6455-4.2.2-8 server]", () => {
    const agreed = { protocol: "chat", extensions: "permessage-deflate", headers: { "Set-Cookie": "a=b" } };
    const text = writeUpgradeResponse({ key, ...agreed }, sha1Base64);
    expect(text.split("\r\n").slice(4)).toEqual([
      "Sec-WebSocket-Protocol: chat",
      "Sec-WebSocket-Extensions: permessage-deflate",
      "Set-Cookie: a=b",
      "",
      "",
    ]);
  });

  test.each(["", "a b", "a\r\nX: b"])("may not choose the protocol %j", (protocol) => {
    expect(() => writeUpgradeResponse({ key, protocol }, sha1Base64)).toThrow(
      new TypeError(`The subprotocol ${JSON.stringify(protocol)} is not a token`),
    );
  });

  test.each(["Upgrade", "connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Content-Length"])(
    "may not have a second %s",
    (name) => {
      expect(() => writeUpgradeResponse({ key, headers: { [name]: "a" } }, sha1Base64)).toThrow(
        `headers has "${name}", which the handshake writes itself`,
      );
    },
  );
});
