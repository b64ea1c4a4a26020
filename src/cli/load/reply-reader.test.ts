import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Burst } from "./burst.ts";
import { encodeServerFrame, type Message } from "./frames.ts";
import { ReplyReader, UnexpectedReply } from "./reply-reader.ts";

function text(payload: string, compressed = false): Message {
  return { payload: Buffer.from(payload), opcode: 1, compressed };
}

function frame(first: number, payload: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from([first, payload.length]), Buffer.from(payload)]);
}

/** Compressed as RFC 7692 §7.2.1 has it, and with a further empty block, which says the same. */
function compressedForms(payload: string): [Buffer, Buffer] {
  const form = deflateRawSync(payload, { finishFlush: 2 }).subarray(0, -4);
  return [frame(0xc1, form), frame(0xc1, Buffer.concat([form, Buffer.from([0, 0, 0xff, 0xff, 0])]))];
}

function readerOf(burst: Burst) {
  const pings: string[] = [];
  const reader = new ReplyReader(burst, (payload) => pings.push(payload.toString()));
  return { reader, pings };
}

function take(messages: Message[], ...chunks: Buffer[]): number {
  const { reader } = readerOf(new Burst(messages));
  for (const chunk of chunks) reader.take(chunk);
  return reader.messages;
}

function expectRefusal(run: () => unknown): UnexpectedReply {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UnexpectedReply);
    return error as UnexpectedReply;
  }
  return expect.unreachable("it was taken");
}

const ping = frame(0x89, "hi");
const hello = text("hello");
const fragments = [frame(0x01, "he"), ping, frame(0x00, ""), frame(0x80, "llo")];
const one = encodeServerFrame(hello);

describe("ReplyReader", () => {
  test.each([0, 1, 125, 126, 65_535, 65_536])("reads the echo of %i bytes", (size) => {
    const message: Message = { payload: Buffer.alloc(size, "x"), opcode: 2 };
    const reply = encodeServerFrame(message);
    expect(take([message], reply, reply.subarray(0, 1), reply.subarray(1), reply)).toBe(3);
  });

  test("counts the same however the bytes are split, pings and fragments among them", () => {
    const world = text("world!");
    const bytes = Buffer.concat([
      ...fragments,
      ping,
      encodeServerFrame(world),
      one,
      encodeServerFrame(world),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const { reader, pings } = readerOf(new Burst([hello, world]));
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        ends.forEach((end, i) => reader.take(bytes.subarray(ends[i - 1] ?? 0, end)));
        expect(reader.messages).toBe(4);
        expect(pings).toEqual(["hi", "hi"]);
      }),
    );
  });

  test("takes the forms in which a server compresses a message, and the message as it is", () => {
    const payload = "compressible ".repeat(5);
    const [short, long] = compressedForms(payload);
    const plain = encodeServerFrame(text(payload));
    const all = [short, long, plain, short, short, long];
    expect(take([text(payload, true)], ...all)).toBe(6);
    expect(
      take([text(payload, true)], ...all.flatMap((bytes) => [bytes.subarray(0, 9), bytes.subarray(9)])),
    ).toBe(6);
  });

  test("takes a compressed message in fragments, with a ping within", () => {
    const payload = "compressible ".repeat(5);
    const body = compressedForms(payload)[0].subarray(2);
    const parts = [frame(0x41, body.subarray(0, 4)), ping, frame(0x80, body.subarray(4))];
    expect(take([text(payload, true)], Buffer.concat(parts), ...parts)).toBe(2);
  });

  test("tells which part of a message has come", () => {
    const { reader } = readerOf(new Burst([text("0123456789")]));
    reader.take(encodeServerFrame(text("0123456789")).subarray(0, 7));
    expect(reader.part).toBe(0.5);
  });

  test.each([
    ["other contents", frame(0x81, "hellO"), "content", 'The server sent "hellO", which is not the echo'],
    ["a longer message", frame(0x81, "hello!"), "content", '"hello!"'],
    ["a shorter one", frame(0x81, "hell"), "content", '"hell"'],
    ["what a terminal would act on", frame(0x81, "\x1b[2J\n"), "content", '"\\x1b[2J\\n"'],
    ["a long greeting", frame(0x81, "x".repeat(80)), "content", `"${"x".repeat(40)}…"`],
    ["another type", frame(0x82, "hello"), "type", "the echo of a text message as a binary one"],
    ["a Close frame", frame(0x88, "\x03\xe9bye"), "closed", "by the server"],
    ["a masked frame", frame(0x81, "").fill(0x80, 1), "protocol", "masked"],
    ["a reserved bit", frame(0xa1, "hello"), "protocol", "reserved bit"],
    ["compression that was not agreed", frame(0xc1, "hello"), "protocol", "reserved bit"],
    ["a continuation of nothing", frame(0x80, "hello"), "protocol", "out of order"],
    ["an unknown type", frame(0x83, "hello"), "protocol", "unknown type 3"],
    ["an unknown control frame", frame(0x8b, ""), "protocol", "unknown type 11"],
    ["a Ping in fragments", frame(0x09, ""), "protocol", "control frame"],
  ])("refuses %s", (_name, bytes, kind, words) => {
    const outcome = expectRefusal(() => take([hello], bytes));
    expect(outcome.kind).toBe(kind);
    expect(outcome.message).toContain(words);
  });

  test("refuses a message within another, and compressed bytes that are too many or not the echo", () => {
    expect(() => take([hello], frame(0x01, "he"), one)).toThrow("out of order");
    const [other] = compressedForms("other");
    expect(() => take([text("hello", true)], other)).toThrow(UnexpectedReply);
    expect(() => take([text("hello", true)], frame(0xc1, "x".repeat(100)))).toThrow("is not the echo");
    const [bomb] = compressedForms("x".repeat(5000));
    expect(() => take([text("hello", true)], bomb)).toThrow("is not the echo");
  });
});
