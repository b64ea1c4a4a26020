import { describe, expect, test } from "vitest";
import {
  readClose,
  readEnd,
  readHello,
  readOpen,
  readOpened,
  readPing,
  readResume,
  readResumed,
  readStreamName,
  termsMembers,
  unexpectedFrame,
  wordOf,
  writeControl,
} from "./control-frame.ts";

const terms = { messageBytesMax: 5, streamsMax: 6, window: [1, 2], streamWindow: [3, 4] };
const readTerms = { ...terms, window: { messages: 1, bytes: 2 }, streamWindow: { messages: 3, bytes: 4 } };
const position = {
  stream: 0,
  have: 1,
  byteOffset: 2,
  bytes: 3,
  started: 4,
  done: 5,
  messagesMax: 6,
  bytesMax: 7,
};
const examples = {
  hello: { messageBytesMax: 1, streamsMax: 2, suspendedMsMax: 3 },
  open: { nonce: "n".repeat(16), linkEpoch: 1, token: "t", protocols: ["chat"], ...terms },
  opened: { session: "s", secret: "k", linkEpoch: 1, protocol: "", ...terms },
  resume: { session: "s", secret: "k", linkEpoch: 2, token: "t", streams: [position] },
  resumed: { secret: "k", linkEpoch: 2, streams: [] },
  stream: { stream: 1, name: "n", kind: "latest", priority: "bulk" },
  close: { code: 1000, reason: "done" },
  end: { code: 3503, reason: "why", retryAfterMs: 1, linkEpoch: 2 },
};
const readers = {
  hello: readHello,
  open: readOpen,
  opened: readOpened,
  resume: readResume,
  resumed: readResumed,
  stream: readStreamName,
  close: readClose,
  end: readEnd,
};
type Word = keyof typeof examples;
const words = Object.keys(examples) as Word[];

function withMember(word: Word, name: string, value: unknown): () => unknown {
  return () => readers[word](writeControl(word, { ...examples[word], [name]: value }));
}

describe("a control frame", () => {
  test.each(words)("%s is read as it is written", (word) => {
    const hasTerms = word === "open" || word === "opened";
    const expected = hasTerms ? { ...examples[word], ...readTerms } : examples[word];
    expect(readers[word](writeControl(word, examples[word]))).toEqual(expected);
  });

  test.each(words)("%s may have members that are not known", (word) => {
    expect(withMember(word, "__proto__x", [])).not.toThrow();
  });

  test.each(words)("%s names what is missing", (word) => {
    expect(() => readers[word](writeControl(word))).toThrow(`Not a frame of ropeway.1: ${word}, member`);
  });

  test.each(["", "{", "[]", "null", "1", '"text"', "{}x"])("with the JSON %j is none", (json) => {
    expect(() => readHello(`hello ${json}`)).toThrow("Not a frame of ropeway.1: hello");
  });

  test("may leave out what is optional", () => {
    expect(readEnd('end {"code":1,"reason":""}')).toEqual({ code: 1, reason: "" });
  });

  test("takes members from no prototype", () => {
    const before = Object.getOwnPropertyDescriptor(Object.prototype, "reason");
    // oxlint-disable-next-line no-extend-native -- a library that does this is what the test is about
    Object.defineProperty(Object.prototype, "reason", { value: "inherited", configurable: true });
    try {
      expect(() => readClose('close {"code":1000}')).toThrow("member reason");
    } finally {
      delete (Object.prototype as { reason?: string }).reason;
    }
    expect(before).toBe(undefined);
  });

  test("writes no member when there is none", () => {
    expect(writeControl("unknown")).toBe("unknown {}");
    expect(termsMembers(readTerms)).toEqual(terms);
  });
});

describe("members", () => {
  test.each(["1", -1, 1.5, 2 ** 53, null, true])("a number is not %j", (value) => {
    expect(withMember("close", "code", value)).toThrow("close, member code");
    expect(withMember("end", "retryAfterMs", value)).toThrow("end, member retryAfterMs");
  });

  test.each([
    ["open", "nonce", "n".repeat(15)],
    ["open", "nonce", "n".repeat(65)],
    ["open", "token", "t".repeat(8193)],
    ["open", "token", 1],
    ["open", "protocols", "chat"],
    ["open", "protocols", [1]],
    ["open", "protocols", ["p".repeat(257)]],
    ["open", "protocols", Array(65).fill("p")],
    ["opened", "session", ""],
    ["opened", "window", [1]],
    ["opened", "window", [1, -1]],
    ["opened", "window", [1, 2, 3]],
    ["opened", "streamWindow", ["1", 2]],
    ["resume", "streams", {}],
    ["resume", "streams", [1]],
    ["resumed", "streams", [{ ...position, done: "5" }]],
    ["resumed", "streams", Array(10_001).fill(0)],
    ["stream", "name", ""],
    ["stream", "name", "n".repeat(129)],
    ["stream", "kind", "wavy"],
    ["stream", "priority", undefined],
    ["close", "reason", "r".repeat(124)],
  ] as const)("%s: %s is not %j", (word, name, value) => {
    expect(withMember(word, name, value)).toThrow(`Not a frame of ropeway.1: ${word}`);
  });
});

describe("the size of a control frame", () => {
  test.each([
    ["a", 1],
    ["ü", 2],
    ["€", 3],
  ])("is at most 65,536 bytes, of %j", (character, bytes) => {
    const [head, tail] = ['close {"code":1,"reason":"","x":"', '"}'];
    const fill = 65_536 - head.length - tail.length;
    const text = character.repeat(fill / bytes) + "a".repeat(fill % bytes);
    expect(() => readClose(head + text + tail)).not.toThrow();
    expect(() => readClose(`${head}${text}a${tail}`)).toThrow("Not a frame of ropeway.1: close");
  });
});

describe("other frames", () => {
  test("begin with a word", () => {
    expect(["unknown {}", "ping 7", "bye"].map(wordOf)).toEqual(["unknown", "ping", "bye"]);
  });

  test.each([
    ["ping 0", 0],
    ["pong 9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("%s holds a number", (frame, number) => {
    expect(readPing(frame)).toBe(number);
  });

  test.each([
    "ping",
    "ping ",
    "ping 07",
    "ping 9007199254740992",
    "ping 1 2",
    "ping -1",
    "pong x",
    "ping 1\n",
  ])("%j holds none", (frame) => {
    expect(() => readPing(frame)).toThrow("ping or pong");
  });

  test("that may not come now are named if they have a word", () => {
    expect(unexpectedFrame("hello").message).toBe("A frame hello may not come now");
    expect(unexpectedFrame("#1:x").code).toBe("SESSION_FRAME_INVALID");
  });
});
