import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HandshakeError } from "./errors.ts";
import { readRequestHead, readResponseHead, type RequestHead } from "./http-head.ts";
import { type HeadLimits, HttpHeadParser } from "./http-head-parser.ts";

const limits: HeadLimits = { headerBytesMax: 16_384, headersMax: 100 };
const smallest = "GET / HTTP/1.1\r\n\r\n";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function requestParser(overrides: Partial<HeadLimits> = {}): HttpHeadParser<RequestHead> {
  return new HttpHeadParser(readRequestHead, { ...limits, ...overrides });
}

function receiveText(text: string, overrides: Partial<HeadLimits> = {}) {
  return requestParser(overrides).receive(bytes(text));
}

/** What comes of `chunks`: the head with all bytes after it, the error, or that more is needed. */
function outcome<Head>(parser: HttpHeadParser<Head>, chunks: readonly Uint8Array[]): unknown {
  try {
    for (const [index, chunk] of chunks.entries()) {
      const received = parser.receive(chunk);
      if (received === undefined) continue;
      const rest = [received.rest, ...chunks.slice(index + 1)].flatMap((piece) => [...piece]);
      return { head: received.head, rest };
    }
    return "more";
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    return { code: error.code, facts: error.facts };
  }
}

function split(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  return edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
}

describe("a head in chunks", () => {
  test("is given with the bytes after it, which are not copied", () => {
    const chunk = bytes(`${smallest}rest`);
    const received = requestParser().receive(chunk);
    expect(received?.head).toMatchObject({ method: "GET", target: "/" });
    expect(received?.rest).toEqual(bytes("rest"));
    expect(received?.rest.buffer).toBe(chunk.buffer);
  });

  test("is complete with its last byte and not before", () => {
    const parser = requestParser();
    const chunks = Array.from(smallest, bytes);
    const last = chunks.pop() as Uint8Array;
    expect(chunks.map((chunk) => parser.receive(chunk))).toEqual(chunks.map(() => undefined));
    expect(parser.receive(last)?.head.method).toBe("GET");
  });

  test("does not need a chunk after the call that took it", () => {
    const parser = requestParser();
    const first = bytes("GET /a HT");
    parser.receive(first);
    first.fill(0);
    expect(parser.receive(bytes("TP/1.1\r\n\r\n"))?.head.target).toBe("/a");
  });

  test("is followed by the next head, with limits of its own", () => {
    const parser = requestParser({ headerBytesMax: smallest.length });
    expect(parser.receive(bytes(smallest))).toBeDefined();
    expect(parser.receive(bytes(smallest))).toBeDefined();
  });

  test("has its bytes taken as latin1", () => {
    const received = receiveText("GET / HTTP/1.1\r\nA: \u00e4\u00ff\r\n\r\n");
    expect(received?.head.headers.get("a")).toBe("\u00e4\u00ff");
  });

  test("is decoded by what is handed in, in the pieces that came", () => {
    const decoded: string[] = [];
    const decode = (from: Uint8Array, start: number, end: number): string => {
      decoded.push(String.fromCharCode(...from.subarray(start, end)));
      return decoded.at(-1) as string;
    };
    const parser = new HttpHeadParser(readRequestHead, limits, decode);
    parser.receive(bytes("GET / HT"));
    expect(parser.receive(bytes("TP/1.1\r\n\r\nrest"))?.head.target).toBe("/");
    expect(decoded.toSorted()).toEqual(["GET / HT", "TP/1.1\r\n\r\n"]);
  });

  test("may be longer than what one call decodes", () => {
    const value = "x".repeat(10_000);
    expect(
      receiveText(`GET /${value} HTTP/1.1\r\nA: ${value}\r\n\r\n`, { headerBytesMax: 30_000 })?.head,
    ).toEqual({
      method: "GET",
      target: `/${value}`,
      httpVersion: "1.1",
      headers: new Map([["a", value]]),
    });
  });
});

describe("faults are found at the byte that makes them", () => {
  test.each(["GET / HTTP/1.1\n", "\n", "GET / HTTP/1.1\r\r", "\rG", "GET / HTTP/1.1\r\nA: b\r\n\rx"])(
    "the line end in %j",
    (text) => {
      expect(() => receiveText(text)).toThrow(
        expect.objectContaining({ code: "WS_HANDSHAKE_LINE_END", status: 400 }),
      );
    },
  );

  test.each([0x00, 0x01, 0x0b, 0x16, 0x1f, 0x7f])("the control byte %i", (byte) => {
    expect(() => receiveText(`GET /${String.fromCharCode(byte)}`)).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_CONTROL_BYTE", status: 400, facts: { byte } }),
    );
  });

  test("an empty first line", () => {
    expect(() => receiveText("\r\n")).toThrow(expect.objectContaining({ code: "WS_HANDSHAKE_START_LINE" }));
  });

  test("bytes after the head are not looked at", () => {
    expect(receiveText(`${smallest}\0\n`)?.rest).toEqual(bytes("\0\n"));
  });
});

describe("limits", () => {
  test("a head of exactly headerBytesMax bytes is read, one byte more is refused with 431", () => {
    expect(receiveText(`${smallest}rest`, { headerBytesMax: smallest.length })).toBeDefined();
    expect(() => receiveText(smallest, { headerBytesMax: smallest.length - 1 })).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEAD_TOO_LARGE", status: 431 }),
    );
  });

  test("a first line without end is refused at the limit", () => {
    const parser = requestParser({ headerBytesMax: 3000 });
    for (let i = 0; i < 3; i++) expect(parser.receive(new Uint8Array(1000).fill(0x41))).toBeUndefined();
    expect(() => parser.receive(bytes("A"))).toThrow("The head is longer than 3000 bytes (headerBytesMax)");
  });

  test("a long target within the limit is fine", () => {
    const target = `/${"a".repeat(16_000)}`;
    expect(receiveText(`GET ${target} HTTP/1.1\r\n\r\n`)?.head.target).toBe(target);
  });

  test.each([0, 1, 99, 100, 101, 200])("of 100 headers, with %i sent", (count) => {
    const text = `GET / HTTP/1.1\r\n${"a:\r\n".repeat(count)}\r\n`;
    if (count <= 100) expect(receiveText(text)).toBeDefined();
    else {
      expect(() => receiveText(text)).toThrow(
        expect.objectContaining({ code: "WS_HANDSHAKE_TOO_MANY_HEADERS", status: 431 }),
      );
    }
  });

  test("the header past the limit is refused when its line ends, not when the head does", () => {
    expect(() => receiveText(`GET / HTTP/1.1\r\n${"a:\r\n".repeat(101)}`)).toThrow("more than 100 headers");
  });

  test("a megabyte in chunks of one byte takes time in proportion", () => {
    const parser = requestParser({ headerBytesMax: 2 ** 21 });
    const one = bytes("a");
    parser.receive(bytes("GET /"));
    for (let i = 0; i < 2 ** 20; i++) parser.receive(one);
    expect(parser.receive(bytes(" HTTP/1.1\r\n\r\n"))?.head.target).toHaveLength(2 ** 20 + 1);
  });

  test("a megabyte of header lines without a colon or an end takes time in proportion", () => {
    const text = `GET / HTTP/1.1\r\n${"a:\r\n".repeat(250_000)}b\r\n\r\n`;
    expect(() => receiveText(text, { headerBytesMax: 2 ** 21, headersMax: 10 ** 6 })).toThrow(
      "Header 250001",
    );
  });
});

describe("interim responses (RFC 9110 §15.2)", () => {
  const interim = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
  const final = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

  test("are passed over, in one chunk or several", () => {
    const whole = bytes(interim + interim + final);
    for (const chunks of [[whole], split(whole, [5, 50, 100])]) {
      const parser = new HttpHeadParser(readResponseHead, limits);
      expect(outcome(parser, chunks)).toMatchObject({ head: { status: 101 }, rest: [] });
    }
  });

  test("share the limit of bytes with the response, to the byte", () => {
    const headerBytesMax = interim.length + final.length;
    const receive = (max: number) =>
      new HttpHeadParser(readResponseHead, { ...limits, headerBytesMax: max }).receive(
        bytes(interim + final),
      );
    expect(receive(headerBytesMax)?.head.status).toBe(101);
    expect(() => receive(headerBytesMax - 1)).toThrow("The head is longer");
  });

  test("come to an end", () => {
    const parser = new HttpHeadParser(readResponseHead, limits);
    expect(() => parser.receive(bytes(interim.repeat(1000)))).toThrow(
      expect.objectContaining({ code: "WS_HANDSHAKE_HEAD_TOO_LARGE" }),
    );
  });
});

describe("properties", () => {
  const piece = fc.constantFrom(
    "GET",
    "HTTP/1.1",
    "HTTP/1.1 101 OK",
    "HTTP/1.1 100 A",
    " ",
    "/",
    "\r\n",
    "\r",
    "\n",
    ":",
    "Host: a",
    "\t",
    "__proto__: b",
    "constructor",
    "Sec-WebSocket-Key: c",
    "\0",
    "\u00ff",
    '"',
    ",",
    "x".repeat(50),
  );
  const headText = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
    fc
      .tuple(
        fc.constantFrom("GET / HTTP/1.1", "HTTP/1.1 101 A"),
        fc.array(piece),
        fc.string({ maxLength: 9 }),
      )
      .map(([line, headers, rest]) => [line, ...headers.map((text) => `A: ${text}`), "", rest].join("\r\n")),
  );
  const whole = fc.oneof(headText.map(bytes), fc.uint8Array({ maxLength: 200 }));
  const small = { headerBytesMax: 150, headersMax: 5 };

  test("any bytes at all give a head, a HandshakeError or the wish for more", () => {
    const property = fc.property(whole, (input) => {
      const results = [readRequestHead, readResponseHead].map((read) =>
        outcome(new HttpHeadParser<unknown>(read, limits), [input]),
      );
      for (const result of results) expect(result).toBeDefined();
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  test("any split of the bytes gives the same result", () => {
    const property = fc.property(whole, fc.array(fc.nat(), { maxLength: 20 }), (input, cuts) => {
      for (const read of [readRequestHead, readResponseHead]) {
        const atOnce = outcome(new HttpHeadParser<unknown>(read, small), [input]);
        const inParts = outcome(new HttpHeadParser<unknown>(read, small), split(input, cuts));
        expect(inParts).toEqual(atOnce);
      }
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
