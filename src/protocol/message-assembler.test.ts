import { describe, expect, test } from "vitest";
import { concat, FIN, frame, key, utf8 } from "../../test/pure/frames.ts";
import { MessageLog } from "../../test/pure/message-log.ts";
import { FrameParser } from "./frame-parser.ts";
import { MessageAssembler, type MessageAssemblerOptions } from "./message-assembler.ts";
import type { Inflater } from "./message-codec.ts";
import type { MessageHandler } from "./message-handler.ts";

const text = 1;
const binary = 2;
const more = 0;
const RSV1 = 0x40;

/** "Deflates" by a leading "~", so that a test sees what was handed in; "!" and "#" are its two failures. */
const inflater: Inflater = {
  inflate(compressed) {
    if (compressed[0] === 0x21) return "invalid";
    if (compressed[0] === 0x23) return "too-large";
    return concat(utf8("~"), compressed);
  },
};

const limits = { maxPayload: 1000, maxFragments: 10, allocate: (bytes: number) => new Uint8Array(bytes) };

class Assembly extends MessageLog {
  readonly allocated: number[] = [];
  readonly #parser: FrameParser;
  readonly assembler: MessageAssembler;

  constructor(options: Partial<MessageAssemblerOptions> = {}) {
    super();
    const allocate = (bytes: number): Uint8Array => {
      this.allocated.push(bytes);
      return new Uint8Array(bytes);
    };
    this.assembler = new MessageAssembler(this, { ...limits, allocate, ...options });
    this.#parser = new FrameParser("client", this.assembler);
  }

  take(...chunks: Uint8Array[]): this {
    for (const chunk of chunks) this.#parser.receive(chunk);
    return this;
  }
}

function events(...chunks: Uint8Array[]): readonly unknown[] {
  return new Assembly().take(...chunks).events;
}

function failure(options: Partial<MessageAssemblerOptions>, ...chunks: Uint8Array[]): unknown {
  try {
    new Assembly(options).take(...chunks);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("messages (RFC 6455 §5.4, §5.6)", () => {
  test("of one frame in one chunk are handed on where they lie", () => {
    const chunk = concat([0, 0], frame(FIN | text, "Hello"), frame(FIN | binary, "bin"));
    const assembly = new Assembly().take(chunk.subarray(2));
    expect(assembly.events).toEqual([
      ["text", "Hello"],
      ["binary", "bin"],
    ]);
    expect(assembly.memory.every((bytes) => bytes.buffer === chunk.buffer)).toBe(true);
    expect(assembly.allocated).toEqual([]);
  });

  test("whose header came by itself are handed on where they lie, too", () => {
    const frames = [frame(FIN | binary, "bin"), frame(FIN | 9, "ping"), frame(FIN | text, "text")];
    const chunks = frames.flatMap((bytes) => [bytes.slice(0, 2), bytes.slice(2)]);
    const assembly = new Assembly().take(...chunks);
    expect(assembly.events).toEqual([
      ["binary", "bin"],
      ["ping", "ping"],
      ["text", "text"],
    ]);
    const lay = assembly.memory.map((bytes) => chunks.findIndex((chunk) => chunk === bytes));
    expect(lay).toEqual([1, 3, 5]);
  });

  test("may be empty, in one frame or in several", () => {
    expect(events(frame(FIN | text), frame(binary), frame(more), frame(FIN | more))).toEqual([
      ["text", ""],
      ["binary", ""],
    ]);
    expect(events(frame(text), frame(FIN | more))).toEqual([["text", ""]]);
  });

  test("of several frames are joined, whatever their sizes", () => {
    expect(events(frame(text, "a"), frame(more), frame(more, "bc"), frame(FIN | more, "d"))).toEqual([
      ["text", "abcd"],
    ]);
  });

  test("of one frame in several chunks are joined", () => {
    const bytes = frame(FIN | binary, "0123456789");
    expect(events(bytes.slice(0, 4), bytes.slice(4, 7), bytes.slice(7))).toEqual([["binary", "0123456789"]]);
  });

  test("follow each other without traces of the one before", () => {
    expect(
      events(frame(binary, "ÿ"), frame(FIN | more, "b"), frame(text, "c"), frame(FIN | more, "d")),
    ).toEqual([
      ["binary", "ÿb"],
      ["text", "cd"],
    ]);
  });

  test("let control frames come between their fragments, cut by chunks or not", () => {
    const ping = frame(FIN | 9, "ping");
    expect(
      events(frame(text, "a"), ping.slice(0, 4), ping.slice(4), frame(FIN | 10), frame(FIN | more, "b")),
    ).toEqual([
      ["ping", "ping"],
      ["pong", ""],
      ["text", "ab"],
    ]);
  });

  test("a second cut control frame does not hold the bytes of the first", () => {
    const [long, short] = [frame(FIN | 9, "a long one"), frame(FIN | 9, "short")];
    expect(events(long.slice(0, 5), long.slice(5), short.slice(0, 5), short.slice(5))).toEqual([
      ["ping", "a long one"],
      ["ping", "short"],
    ]);
  });
});

describe("text is valid UTF-8 (RFC 6455 §8.1)", () => {
  test("whole and in pieces cut inside a character", () => {
    const euro = utf8("€");
    expect(
      events(frame(FIN | text, "€"), frame(text, euro.slice(0, 1)), frame(FIN | more, euro.slice(1))),
    ).toEqual([
      ["text", "€"],
      ["text", "€"],
    ]);
  });

  test("or fails as soon as it cannot be, inside a frame that is not yet whole", () => {
    const bytes = frame(FIN | text, concat(utf8("ok"), [0xff], utf8("rest")));
    expect(failure({}, bytes.slice(0, 5))).toMatchObject({ code: "WS_TEXT_UTF8", closeCode: 1007 });
  });

  test.each([
    ["one frame", [frame(FIN | text, utf8("€").slice(0, 2))]],
    ["fragments", [frame(text, utf8("€").slice(0, 2)), frame(FIN | more)]],
    ["a compressed message", [frame(FIN | RSV1 | text, utf8("€").slice(0, 2))]],
  ])("or fails where it ends inside a character: %s", (_name, chunks) => {
    expect(failure({ inflater }, ...chunks)).toMatchObject({ code: "WS_TEXT_UTF8" });
  });

  test("is known to be ASCII where unmasking has shown it, in a frame that came whole", () => {
    const log: MessageHandler = new MessageLog();
    const known: boolean[] = [];
    log.onText = (_bytes, _start, _end, isAscii) => void known.push(isAscii);
    const parser = new FrameParser("server", new MessageAssembler(log, limits));
    const cut = frame(FIN | text, "cut", key);
    for (const whole of ["plain", "ü"]) parser.receive(frame(FIN | text, whole, key));
    for (const part of [cut.slice(0, 7), cut.slice(7)]) parser.receive(part);
    expect(known).toEqual([true, false, false]);
  });

  test("is judged by the platform's check where it is long, whole or in pieces", () => {
    const checked: number[] = [];
    const isUtf8 = (bytes: Uint8Array): boolean => checked.push(bytes.length) > 0 && bytes[0] !== 0xff;
    const assembly = new Assembly({ isUtf8 });
    assembly.take(frame(FIN | text, "a".repeat(500)), frame(text, "b".repeat(300)), frame(FIN | more, "c"));
    expect(checked).toEqual([499, 299]);
    const wrong = new Uint8Array(300).fill(0xff);
    expect(failure({ isUtf8 }, frame(FIN | text, wrong))).toMatchObject({ code: "WS_TEXT_UTF8" });
    expect(failure({ isUtf8 }, frame(text, wrong))).toMatchObject({ code: "WS_TEXT_UTF8" });
  });

  test("invalid bytes fail a whole frame, but not in binary", () => {
    expect(failure({}, frame(FIN | text, new Uint8Array([0xff])))).toMatchObject({ code: "WS_TEXT_UTF8" });
    const assembly = new Assembly().take(frame(FIN | binary, new Uint8Array([0xff])));
    expect(assembly.memory[0]!.at(-1)).toBe(0xff);
  });
});

describe("the order of frames (RFC 6455 §5.2, §5.4, §5.5)", () => {
  test.each([
    ["a continuation of nothing", "WS_UNEXPECTED_CONTINUATION", [frame(FIN | more, "a")]],
    [
      "a continuation after the last fragment",
      "WS_UNEXPECTED_CONTINUATION",
      [frame(FIN | text), frame(more)],
    ],
    ["a message inside a message", "WS_EXPECTED_CONTINUATION", [frame(text), frame(FIN | binary)]],
    ["a fragmented ping", "WS_CONTROL_FRAGMENTED", [frame(9)]],
    ["a pong of 126 bytes", "WS_CONTROL_TOO_LONG", [frame(FIN | 10, "p".repeat(126))]],
    ["opcode 3", "WS_RESERVED_OPCODE", [frame(FIN | 3)]],
    ["opcode 11", "WS_RESERVED_OPCODE", [frame(FIN | 11)]],
    ["RSV1 without an extension", "WS_RESERVED_BITS", [frame(FIN | RSV1 | text)]],
    ["RSV2", "WS_RESERVED_BITS", [frame(FIN | 0x20 | text)]],
    ["RSV3", "WS_RESERVED_BITS", [frame(FIN | 0x10 | binary)]],
  ])("%s is refused", (_name, code, chunks) => {
    expect(failure({}, ...chunks)).toMatchObject({ code, closeCode: 1002 });
  });

  test("a control frame of 125 bytes is fine", () => {
    expect(events(frame(FIN | 9, "p".repeat(125)))).toEqual([["ping", "p".repeat(125)]]);
  });

  test("the reserved bits are named as bits", () => {
    expect(failure({}, frame(FIN | 0x10 | text))).toMatchObject({ facts: { bits: "001" } });
  });
});

describe("compressed messages (RFC 7692 §6)", () => {
  test("are inflated, in one frame or several, and mix with others", () => {
    const { events: seen } = new Assembly({ inflater }).take(
      frame(FIN | RSV1 | text, "a"),
      frame(RSV1 | binary, "b"),
      frame(more, "c"),
      frame(FIN | more, "d"),
      frame(FIN | text, "plain"),
    );
    expect(seen).toEqual([
      ["text", "~a"],
      ["binary", "~bcd"],
      ["text", "plain"],
    ]);
  });

  test("are not taken for text before they are inflated", () => {
    const { events: seen } = new Assembly({
      inflater: { inflate: () => utf8("inflated") },
    }).take(frame(RSV1 | text, new Uint8Array([0xff])), frame(FIN | more, new Uint8Array([0xfe])));
    expect(seen).toEqual([["text", "inflated"]]);
  });

  test.each([
    ["RSV1 on a continuation", "WS_RESERVED_BITS", 1002, [frame(RSV1 | text), frame(FIN | RSV1 | more)]],
    ["RSV1 on a control frame", "WS_RESERVED_BITS", 1002, [frame(FIN | RSV1 | 9)]],
    ["RSV1 with RSV2", "WS_RESERVED_BITS", 1002, [frame(FIN | RSV1 | 0x20 | text)]],
    ["data that is no DEFLATE stream", "WS_DEFLATE_DATA", 1007, [frame(FIN | RSV1 | text, "!")]],
    ["more than the limit once inflated", "WS_MESSAGE_TOO_LARGE", 1009, [frame(FIN | RSV1 | text, "#")]],
  ])("%s is refused", (_name, code, closeCode, chunks) => {
    expect(failure({ inflater }, ...chunks)).toMatchObject({ code, closeCode });
  });

  test("the inflater is given the limit", () => {
    let limit = 0;
    const noting: Inflater = {
      inflate(compressed, bytesMax) {
        limit = bytesMax;
        return compressed;
      },
    };
    new Assembly({ inflater: noting, maxPayload: 77 }).take(frame(FIN | RSV1 | text, "a"));
    expect(limit).toBe(77);
  });
});

describe("limits", () => {
  test("a message of the largest size passes, in one frame or several", () => {
    const half = "h".repeat(500);
    expect(
      failure({}, frame(FIN | binary, half + half), frame(binary, half), frame(FIN | more, half)),
    ).toBeUndefined();
  });

  test.each([
    ["one frame", [frame(FIN | binary, "b".repeat(1001)).slice(0, 4)], 1001],
    ["fragments", [frame(binary, "b".repeat(999)), frame(more, "bc").slice(0, 2)], 1001],
  ])("a byte more is refused by the header alone: %s", (_name, chunks, length) => {
    expect(failure({}, ...chunks)).toMatchObject({
      code: "WS_MESSAGE_TOO_LARGE",
      closeCode: 1009,
      facts: { length, limit: 1000 },
    });
  });

  test("a whole frame is held to the limit, too, whoever parses it", () => {
    const { assembler } = new Assembly();
    const bytes = new Uint8Array(1001);
    expect(() => assembler.takeFrame(FIN | binary, bytes, 0, 1001, true)).toThrow("1001");
  });

  test("a compressed message may be larger than the limit by what DEFLATE adds", () => {
    const grown = frame(FIN | RSV1 | binary, "b".repeat(1000 + 3 + 1024));
    expect(failure({ inflater }, grown)).toBeUndefined();
    const tooLarge = frame(FIN | RSV1 | binary, "b".repeat(1000 + 4 + 1024));
    expect(failure({ inflater }, tooLarge.slice(0, 4))).toMatchObject({ code: "WS_MESSAGE_TOO_LARGE" });
  });

  test("the frames of a message are counted, empty ones too, and control frames not", () => {
    const limited = { maxFragments: 3 };
    const three = [frame(binary), frame(FIN | 9), frame(more), frame(FIN | 9), frame(FIN | more)];
    expect(failure(limited, ...three, ...three)).toBeUndefined();
    expect(failure(limited, frame(binary), frame(more), frame(more), frame(more))).toMatchObject({
      code: "WS_TOO_MANY_FRAGMENTS",
      closeCode: 1008,
      facts: { limit: 3 },
    });
  });

  test("nothing is allocated for what was only announced", () => {
    const header = concat([FIN | binary, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]);
    const assembly = new Assembly({ maxPayload: 2 ** 30 }).take(header);
    expect(assembly.allocated).toEqual([]);
    assembly.take(utf8("b".repeat(2000)));
    expect(assembly.allocated).toEqual([8000]);
  });

  test("the buffer of the last frame has no slack where its length is near", () => {
    const assembly = new Assembly().take(frame(binary, "a".repeat(300)), frame(FIN | more, "b".repeat(300)));
    expect(assembly.allocated).toEqual([1000]);
    const whole = frame(FIN | binary, "c".repeat(600));
    expect(new Assembly().take(whole.slice(0, 100), whole.slice(100)).allocated).toEqual([600]);
  });

  test.each([
    ["that has become too small", binary, [1024]],
    ["of a text that was handed on", text, [1024, 4002]],
  ])("a buffer %s is given back", (_which, opcode, expected) => {
    const freed: number[] = [];
    const assembly = new Assembly({ maxPayload: 2 ** 20, free: (buffer) => void freed.push(buffer.length) });
    assembly.take(frame(opcode, "a"), frame(more, "b".repeat(2000)), frame(FIN | more));
    expect(assembly.memory.map(({ length }) => length)).toEqual([4002]);
    expect(freed).toEqual(expected);
  });

  test("a buffer is at most twice what came where nobody knows how much will", () => {
    const fragment = frame(more, "a".repeat(600));
    const assembly = new Assembly({ maxPayload: 2 ** 20, maxFragments: 100 }).take(frame(binary, "a"));
    for (let i = 0; i < 20; i++) assembly.take(fragment.slice());
    expect(assembly.allocated).toEqual([1024, 2402, 6002, 13_202]);
  });
});

describe("a Close frame (RFC 6455 §5.5.1)", () => {
  test.each([
    ["is empty", frame(FIN | 8), ["close", 1005, ""]],
    ["has a code", frame(FIN | 8, new Uint8Array([0x03, 0xe8])), ["close", 1000, ""]],
    [
      "has a code and a reason",
      frame(FIN | 8, concat([0x0f, 0xa0], utf8("bye ✓"))),
      ["close", 4000, "bye ✓"],
    ],
  ])("%s", (_name, bytes, expected) => {
    const assembly = new Assembly().take(bytes);
    expect(assembly.events).toEqual([expected]);
    expect(assembly.assembler.hasEnded).toBe(true);
  });

  test("may come in chunks, inside a text that is cut within a character", () => {
    const close = frame(FIN | 8, concat([0x03, 0xe8], utf8("ü")));
    const cut = frame(text, utf8("€").slice(0, 1));
    expect(events(cut, close.slice(0, 5), close.slice(5))).toEqual([["close", 1000, "ü"]]);
  });

  test.each([
    ["of one byte", "WS_CLOSE_LENGTH", 1002, [0x03]],
    ["with code 1005", "WS_CLOSE_CODE", 1002, [0x03, 0xed]],
    ["with code 999", "WS_CLOSE_CODE", 1002, [0x03, 0xe7]],
    ["with an invalid reason", "WS_CLOSE_REASON_UTF8", 1007, [0x03, 0xe8, 0xff]],
    ["with a reason that ends inside a character", "WS_CLOSE_REASON_UTF8", 1007, [0x03, 0xe8, 0xe2, 0x82]],
  ])("%s is refused", (_name, code, closeCode, body) => {
    expect(failure({}, frame(FIN | 8, Uint8Array.from(body)))).toMatchObject({ code, closeCode });
  });
});
