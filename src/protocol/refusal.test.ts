import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HandshakeError } from "./errors.ts";
import { HttpHeadParser } from "./http-head-parser.ts";
import { readResponseHead } from "./http-head.ts";
import { writeRefusal } from "./refusal.ts";

/** TextEncoder is the browser's and Node's, which this layer does without. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

function readBack(text: string) {
  const parser = new HttpHeadParser(readResponseHead, { headerBytesMax: 16_384, headersMax: 100 });
  const received = parser.receive(new TextEncoder().encode(text));
  if (received === undefined) throw new Error("The response is not whole");
  return { ...received.head, body: received.rest };
}

describe("a refusal (RFC 6455 §4.2.1)", () => {
  test("is a whole HTTP response", () => {
    expect(writeRefusal({ status: 404, message: "Nothing is here" })).toBe(
      "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        "X-Content-Type-Options: nosniff\r\nContent-Length: 16\r\n\r\nNothing is here\n",
    );
  });

  test("has the headers that the rule asks for [6455-4.2.2-5 server] [6455-4.4-1 server]", () => {
    const { status, headers } = readBack(
      writeRefusal(new HandshakeError("WS_HANDSHAKE_VERSION", { version: "8" })),
    );
    expect(status).toBe(426);
    expect(headers.get("sec-websocket-version")).toBe("13");
    expect(headers.get("upgrade")).toBe("websocket");
    expect(headers.get("connection")).toBe("close, Upgrade");
  });

  test.each([
    [300, ""],
    [400, "Bad Request"],
    [418, ""],
    [503, "Service Unavailable"],
    [599, ""],
  ])("with status %i has the reason %j", (status, reason) => {
    expect(readBack(writeRefusal({ status, message: "" }))).toMatchObject({ status, reason });
  });

  test.each([101, 200, 204, 299, 304, 600, 404.5, Number.NaN, -1, "404"])(
    "may not have the status %j",
    (status) => {
      expect(() => writeRefusal({ status: status as number, message: "" })).toThrow(RangeError);
    },
  );

  test("takes further headers", () => {
    const headers = { "WWW-Authenticate": ["Basic", "Bearer"], "Retry-After": "5" };
    const head = readBack(writeRefusal({ status: 401, message: "", headers }));
    expect(head.headers.get("www-authenticate")).toBe("Basic, Bearer");
    expect(head.headers.get("connection")).toBe("close");
  });

  test("says Upgrade in Connection only for that header", () => {
    const head = readBack(writeRefusal({ status: 400, message: "", headers: { "X-Upgrade": "a" } }));
    expect(head.headers.get("connection")).toBe("close");
  });

  test.each(["Connection", "content-length", "Content-Type", "Transfer-Encoding"])(
    "writes %s itself",
    (name) => {
      expect(() => writeRefusal({ status: 400, message: "", headers: { [name]: "a" } })).toThrow(TypeError);
    },
  );

  test("cannot be split by a header's value", () => {
    const headers = { Location: "/\r\nSet-Cookie: a=b" };
    expect(() => writeRefusal({ status: 302, message: "", headers })).toThrow('headers["Location"]');
  });

  test("any message at all is the body, of the length that is announced", () => {
    const piece = fc.oneof(
      fc.constantFrom("\r\n\r\n", "HTTP/1.1 101", "\ud800", "\udc00", "\x7f\x80\u07ff\u0800\uffff\u{10000}"),
      fc.string({ unit: "binary" }),
    );
    const message = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const property = fc.property(message, (text) => {
      const { headers, body } = readBack(writeRefusal({ status: 400, message: text }));
      expect(headers.size).toBe(4);
      expect(headers.get("content-length")).toBe(String(body.length));
      expect(body).toEqual(new TextEncoder().encode(`${text}\n`));
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
