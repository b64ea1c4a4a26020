import { describe, expect, test } from "vitest";
import { bigEndian, byteByByte, concat, frame, key, textOf, utf8 } from "../../test/pure/frames.ts";
import type { ProtocolErrorCode } from "./errors.ts";
import { FrameParser, type FrameSink } from "./frame-parser.ts";
import type { Role } from "./role.ts";

/** Notes each frame as its first byte, the length that its header gives, and its payload in the pieces that came. */
class Frames implements FrameSink {
  hasEnded = false;
  readonly seen: { first: number; length: number; pieces: string[] }[] = [];
  endsAfter = Number.POSITIVE_INFINITY;

  takeFrame(...[first, bytes, start, end]: Parameters<FrameSink["takeFrame"]>): void {
    this.beginFrame(first, end - start);
    this.takePayload(bytes, start, end, true);
  }

  beginFrame(first: number, length: number): void {
    this.seen.push({ first, length, pieces: [] });
  }

  takePayload(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    this.seen.at(-1)!.pieces.push(textOf(bytes, start, end) + (isLast ? "." : ""));
    if (isLast && this.seen.length === this.endsAfter) this.hasEnded = true;
  }
}

function parse(role: Role, ...chunks: Uint8Array[]): Frames["seen"] {
  const sink = new Frames();
  const parser = new FrameParser(role, sink);
  for (const chunk of chunks) parser.receive(chunk);
  return sink.seen;
}

function refused(role: Role, bytes: Uint8Array): unknown {
  try {
    parse(role, bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a stream of frames (RFC 6455 §5.2)", () => {
  test("a server's frames are taken as they are", () => {
    expect(parse("client", concat(frame(0x81, "Hello"), frame(0x82, "x")))).toEqual([
      { first: 0x81, length: 5, pieces: ["Hello."] },
      { first: 0x82, length: 1, pieces: ["x."] },
    ]);
  });

  test("a client's frames are unmasked in the chunk", () => {
    const chunk = frame(0x81, "Hello", key);
    expect(parse("server", chunk)).toEqual([{ first: 0x81, length: 5, pieces: ["Hello."] }]);
    expect(textOf(chunk, 6)).toBe("Hello");
  });

  test("a payload that chunks cut is unmasked across the cuts", () => {
    const bytes = frame(0x81, "The quick brown fox", key);
    const chunks = [bytes.slice(0, 9), bytes.slice(9, 14), bytes.slice(14)];
    expect(parse("server", ...chunks)[0]!.pieces).toEqual(["The", " quic", "k brown fox."]);
  });

  test.each([125, 126, 65_535, 65_536])("a frame of %d bytes is found byte by byte", (length) => {
    const bytes = frame(0x81, "a".repeat(length), key);
    const [seen, ...others] = parse("server", ...byteByByte(bytes));
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ first: 0x81, length });
    expect(seen!.pieces.join("")).toBe(`${"a".repeat(length)}.`);
  });

  test("of a header that a chunk has cut a copy is kept, as the chunk may be used again", () => {
    const bytes = frame(0x82, "x".repeat(200), key);
    const sink = new Frames();
    const parser = new FrameParser("server", sink);
    // Like Node's Buffer, whose `slice` is a view.
    const chunk = Object.assign(bytes.slice(0, 5), { slice: (at: number) => chunk.subarray(at) });
    parser.receive(chunk);
    chunk.fill(0xff);
    parser.receive(bytes.slice(5));
    expect(sink.seen).toEqual([{ first: 0x82, length: 200, pieces: [`${"x".repeat(200)}.`] }]);
  });

  test("every cut inside a header gives the same frames", () => {
    const bytes = concat(frame(0x81, "a", key), frame(0x82, "b".repeat(200), key), frame(0x89, "", key));
    const whole = parse("server", bytes.slice());
    for (let cut = 1; cut < bytes.length; cut++) {
      const parts = parse("server", bytes.slice(0, cut), bytes.slice(cut));
      expect(parts.map((one) => ({ ...one, pieces: [one.pieces.join("")] }))).toEqual(whole);
    }
  });

  test("an empty frame at the end of a chunk is complete with it", () => {
    expect(parse("client", frame(0x81))).toEqual([{ first: 0x81, length: 0, pieces: ["."] }]);
  });

  test("an empty chunk changes nothing, inside a frame or between", () => {
    const [none, bytes] = [new Uint8Array(0), frame(0x81, "ab")];
    const pieces = parse("client", none, bytes.slice(0, 3), none, bytes.slice(3), none)[0]!.pieces;
    expect(pieces.join("")).toBe("ab.");
  });

  test("nothing is read after the sink has ended", () => {
    const sink = new Frames();
    sink.endsAfter = 1;
    const parser = new FrameParser("client", sink);
    parser.receive(concat(frame(0x88), frame(0x81, "late"), [0xff]));
    parser.receive(frame(0x81, "later"));
    expect(sink.seen).toHaveLength(1);
  });

  test("a length beyond 2^53 keeps its size, if not its last digit", () => {
    const header = concat(
      [0x82, 127, 0x7f],
      Array.from({ length: 7 }, () => 0xff),
    );
    expect(parse("client", header)[0]!.length).toBe(2 ** 63);
  });
});

const wrong: [name: string, role: Role, code: ProtocolErrorCode, bytes: Uint8Array][] = [
  ["an unmasked frame from a client", "server", "WS_UNMASKED_CLIENT_FRAME", frame(0x81, "a")],
  ["a masked frame from a server", "client", "WS_MASKED_SERVER_FRAME", frame(0x81, "a", key)],
  ["125 in 16 bits", "client", "WS_LENGTH_NOT_MINIMAL", concat([0x82, 126], bigEndian(125, 2))],
  ["0 in 64 bits", "client", "WS_LENGTH_NOT_MINIMAL", concat([0x82, 127], bigEndian(0, 8))],
  ["65,535 in 64 bits", "client", "WS_LENGTH_NOT_MINIMAL", concat([0x82, 127], bigEndian(65_535, 8))],
  ["a length of 2^63", "client", "WS_LENGTH_OUT_OF_RANGE", concat([0x82, 127], bigEndian(2 ** 63, 8))],
];

describe("a header that breaks a rule", () => {
  test.each(wrong)("%s is refused", (_name, role, code, bytes) => {
    expect(refused(role, bytes)).toMatchObject({ name: "ProtocolError", code, closeCode: 1002 });
  });

  test("says which length was not written in the fewest bytes", () => {
    const error = refused("client", concat([0x82, 126], bigEndian(9, 2)));
    expect(error).toMatchObject({ facts: { length: 9 } });
  });

  test("is refused before its payload comes", () => {
    const sink = new Frames();
    const header = concat([0x82, 0xfe], bigEndian(20, 2), utf8("mask"));
    expect(() => new FrameParser("server", sink).receive(header)).toThrow("fewest bytes");
    expect(sink.seen).toEqual([]);
  });
});
