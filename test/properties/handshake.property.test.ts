import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  HandshakeError,
  handshakeRules,
  HttpHeadParser,
  readRequestHead,
  readResponseHead,
  readUpgradeRequest,
  readUpgradeResponse,
  writeRefusal,
} from "../../src/protocol/index.ts";
import { formatHead, responseFields, requestFields } from "../raw-peer/http-head.ts";
import { byteByByte, cut, cutPlaces } from "./streams.ts";

const numRuns = 10_000;
const timeout = 60_000;
const limits = { headerBytesMax: 1024, headersMax: 20 };
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const sha1Base64 = (text: string) => createHash("sha1").update(text).digest("base64");

/** What one role makes of the bytes that the other begins with: the rest after the head, or the rule that broke. */
const outcomes = {
  server(chunks: readonly Uint8Array[]): unknown {
    const parser = new HttpHeadParser(readRequestHead, limits);
    return outcomeOf(parser, chunks, (head) => readUpgradeRequest(head));
  },
  client(chunks: readonly Uint8Array[]): unknown {
    const parser = new HttpHeadParser(readResponseHead, limits);
    const sent = { key, protocols: ["chat"], deflate: {} };
    return outcomeOf(parser, chunks, (head) => readUpgradeResponse(head, sent, sha1Base64));
  },
};

function outcomeOf<Head>(
  parser: HttpHeadParser<Head>,
  chunks: readonly Uint8Array[],
  read: (head: Head) => unknown,
): unknown {
  try {
    for (const [i, chunk] of chunks.entries()) {
      const received = parser.receive(Uint8Array.from(chunk));
      if (received === undefined) continue;
      const rest = Buffer.concat([received.rest, ...chunks.slice(i + 1)]).toString("hex");
      return { result: read(received.head), rest };
    }
    return "unfinished";
  } catch (error) {
    // Anything but a documented HandshakeError is a fault of ours.
    if (!(error instanceof HandshakeError)) throw error;
    return error.code;
  }
}

const valid = {
  server: formatHead("GET /chat?x=1 HTTP/1.1", {
    ...requestFields(80),
    Origin: "https://app.example",
    "Sec-WebSocket-Protocol": "chat, v2",
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
  }),
  client: formatHead("HTTP/1.1 101 Switching Protocols", {
    ...responseFields(key),
    "Sec-WebSocket-Protocol": "chat",
    "Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  }),
};

/** A handshake with some bytes replaced, inserted, left out or repeated, and something behind it. */
function mutated(text: string): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('\r\n :;,="\t\0/?#@')), fc.nat(255));
  const edit = fc.record({
    at: fc.nat(text.length),
    remove: fc.nat(3),
    insert: fc.array(byte, { maxLength: 3 }),
  });
  const repeat = fc.option(fc.tuple(fc.nat(text.length), fc.nat(40)), { nil: undefined });
  return fc
    .tuple(fc.array(edit, { maxLength: 3 }), repeat, fc.uint8Array({ maxLength: 4 }))
    .map(([edits, again, tail]) => {
      const bytes = [...Buffer.from(text)];
      if (again !== undefined) bytes.splice(again[0], 0, ...bytes.slice(again[0], again[0] + again[1]));
      for (const { at, remove, insert } of edits) bytes.splice(at, remove, ...insert);
      return Buffer.from([...bytes, ...tail]);
    });
}

describe.each(["server", "client"] as const)("a %s", (role) => {
  test("makes the same of a handshake wherever it is cut, and throws nothing but documented errors", {
    timeout,
  }, () => {
    const property = fc.property(mutated(valid[role]), cutPlaces, (bytes, places) => {
      const whole = outcomes[role]([bytes]);
      if (typeof whole === "string" && whole !== "unfinished") expect(handshakeRules).toHaveProperty(whole);
      expect(outcomes[role](cut(bytes, places))).toEqual(whole);
      expect(outcomes[role](byteByByte(bytes))).toEqual(whole);
    });
    fc.assert(property, { numRuns });
  });

  test("never throws anything else on any bytes", { timeout }, () => {
    const property = fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (chunks) => {
      expect(() => outcomes[role](chunks)).not.toThrow();
    });
    fc.assert(property, { numRuns });
  });

  test("takes the handshake that the others are made of", () => {
    expect(outcomes[role]([Buffer.from(valid[role])])).toMatchObject({ rest: "" });
  });
});

test("every refusal is a whole HTTP response with its rule's status and headers", () => {
  const errors = Object.keys(handshakeRules).map(
    (code) => new HandshakeError(code as keyof typeof handshakeRules),
  );
  for (const error of errors.filter(({ status }) => status !== 101)) {
    const text = writeRefusal({ status: error.status, message: error.message, headers: error.headers });
    const { head, rest } = new HttpHeadParser(readResponseHead, limits).receive(Buffer.from(text))!;
    expect(head.status).toBe(error.status);
    expect(Number(head.headers.get("content-length"))).toBe(rest.length);
    expect(Buffer.from(rest).toString()).toBe(`${error.message}\n`);
  }
});
