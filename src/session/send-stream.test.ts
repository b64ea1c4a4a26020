import { describe, expect, test } from "vitest";
import { RecordedLink } from "../../test/pure/recorded-link.ts";
import type { StreamPosition } from "./ack.ts";
import type { Payload, StreamKind } from "./message.ts";
import { type Buffered, SendStream } from "./send-stream.ts";
import { utf8Bytes } from "./utf8.ts";

const none = { have: 0, byteOffset: 0, started: 0, done: 0, messagesMax: 100, bytesMax: 100_000 };

/** A stream with credit, and a link to send on. */
class Sender {
  readonly buffered: Buffered = { bytes: 0, messages: 0 };
  readonly stream: SendStream;
  link = new RecordedLink();

  constructor(kind: StreamKind = "reliable", [messages, bytes]: readonly [number, number] = [100, 100_000]) {
    this.stream = new SendStream(kind, this.buffered);
    this.stream.id = 0;
    this.stream.setCredit(messages, bytes);
  }

  accept(payload: Payload, key = "", acceptedAt = 0): void {
    const bytes = typeof payload === "string" ? utf8Bytes(payload) : payload.length;
    this.stream.accept(payload, bytes, { key, acceptedAt });
  }

  /** Sends all that may go, and returns the frames. */
  send(...payloads: readonly Payload[]): string[] {
    for (const payload of payloads) this.accept(payload);
    while (this.stream.transmit(this.link, -1, true) !== -1) if (!this.stream.hasWork) break;
    return this.link.take();
  }

  acknowledge(fields: Partial<StreamPosition>): number {
    return this.stream.acknowledge({ ...none, ...fields });
  }

  /** Goes on from there, and returns the frames. */
  resume(fields: Partial<StreamPosition> = {}): string[] {
    this.stream.rewind({ stream: 0, bytes: 0, ...none, ...fields });
    return this.send();
  }
}

describe("transmitting", () => {
  test("numbers messages from 1 on", () => {
    const sender = new Sender();
    expect(sender.send("a", Uint8Array.of(0x62), "")).toEqual(["1:a", "2:b", "3:"]);
    expect(sender.stream.transmittedMessages).toBe(3);
  });

  test("does nothing when there is nothing", () => {
    const { stream, link } = new Sender();
    expect([stream.hasWork, stream.transmit(link, -1, true)]).toEqual([false, -1]);
  });

  test("tells the stream's number and what is handled", () => {
    const { stream, link } = new Sender();
    stream.id = 3;
    stream.accept("a", 1, { key: "", acceptedAt: 0 });
    expect(stream.transmit(link, 7, true)).toBe(1);
    expect(link.take()).toEqual(["3.1~7:a"]);
  });

  test("gives no number while none may be given", () => {
    const sender = new Sender();
    sender.accept("a");
    expect(sender.stream.transmit(sender.link, -1, false)).toBe(-1);
    expect([sender.stream.hasBegun, sender.stream.isWaiting]).toEqual([false, true]);
  });
});

describe("credit", () => {
  test.each([
    [0, []],
    [1, ["1:a"]],
    [2, ["1:a", "2:b"]],
    [3, ["1:a", "2:b"]],
  ])("for %i messages", (messages, frames) => {
    expect(new Sender("reliable", [messages, 10]).send("a", "b")).toEqual(frames);
  });

  test.each([
    [3, ["1:a", "2:bc"]],
    [2, ["1:a"]],
    [1, ["1:a"]],
  ])("for %i bytes", (bytes, frames) => {
    expect(new Sender("reliable", [9, bytes]).send("a", "bc")).toEqual(frames);
  });

  test("begins a message for which there is none when nothing is under way", () => {
    const sender = new Sender("reliable", [9, 0]);
    expect(sender.send("abc")).toEqual(["1@0/3:"]);
    expect(sender.send()).toEqual([]);
    sender.acknowledge({ bytesMax: 3 });
    expect(sender.send()).toEqual(["1:abc"]);
  });

  test("of a part of a character begins without it", () => {
    expect(new Sender("reliable", [9, 2]).send("€")).toEqual(["1@0/3:"]);
  });

  test("of less than a useful part waits while something is under way", () => {
    const sender = new Sender("reliable", [9, 600]);
    expect(sender.send("a", "x".repeat(700))).toEqual(["1:a"]);
    sender.acknowledge({ have: 1, started: 1, done: 1, bytesMax: 600 });
    expect(sender.send()[0]).toMatch(/^2@0\/700:x{599}$/);
  });
});

describe("long messages", () => {
  test("are cut into parts of at most 16 KiB", () => {
    const frames = new Sender().send("x".repeat(40_000), "y");
    expect(frames.map((frame) => [frame.slice(0, 14).split("x")[0], frame.length])).toEqual([
      ["1@0/40000:", 16_394],
      ["1@16384/40000:", 16_398],
      ["1@32768/40000:", 7246],
      ["2:y", 3],
    ]);
  });

  test("are cut between characters", () => {
    const [first, second] = new Sender().send("€".repeat(6000));
    expect([first!.length, second!.slice(0, 14)]).toEqual(["1@0/18000:".length + 5461, "1@16383/18000:"]);
  });

  test("of bytes are cut anywhere", () => {
    const frames = new Sender().send(new Uint8Array(16_385));
    expect(frames.map((frame) => frame.length - frame.indexOf(":") - 1)).toEqual([16_384, 1]);
  });
});

describe("acknowledgements", () => {
  test("free what was started", () => {
    const sender = new Sender();
    sender.send("a", "bc");
    sender.acknowledge({ have: 2, started: 1 });
    expect([sender.buffered, sender.stream.bufferedBytes]).toEqual([{ bytes: 2, messages: 1 }, 2]);
    expect([sender.stream.isAllStarted, sender.stream.isAllDone]).toEqual([false, false]);
    sender.acknowledge({ have: 2, started: 2, done: 2 });
    expect([sender.stream.isAllStarted, sender.stream.isAllDone]).toEqual([true, true]);
  });

  test("tell how many bytes more have arrived", () => {
    const sender = new Sender();
    sender.send("abc", "defg", "hi");
    expect(sender.acknowledge({ byteOffset: 2 })).toBe(2);
    expect(sender.acknowledge({ have: 2, byteOffset: 1, started: 1 })).toBe(6);
    expect(sender.acknowledge({ have: 3, started: 2 })).toBe(1);
  });

  test("may come in the header of a frame", () => {
    const sender = new Sender();
    sender.send("a", "b");
    sender.stream.acknowledgeHandled(1);
    expect(sender.buffered.messages).toBe(1);
    expect(() => sender.stream.acknowledgeHandled(0)).toThrow("cannot be acknowledged so: handled 0");
    expect(() => sender.stream.acknowledgeHandled(3)).toThrow("cannot be acknowledged so: handled 3");
  });

  test.each([
    [{ have: 3, byteOffset: 0 }, "3@0 was not sent"],
    [{ have: 2, byteOffset: 1 }, "2@1 was not sent"],
    [{ have: 1, byteOffset: 3 }, "1@3 was not sent"],
    [{ have: 0 }, "0 1 1 is less than before"],
    [{ byteOffset: 0 }, "1@0 is less than before"],
    [{ started: 0 }, "1 0 1 is less than before"],
    [{ done: 0 }, "1 1 0 is less than before"],
    [{ started: 2 }, "1 2 1 is out of order"],
    [{ have: 2, done: 2, byteOffset: 0 }, "2 1 2 is out of order"],
    [{ messagesMax: 99 }, "credit falls"],
    [{ bytesMax: 99_999 }, "credit falls"],
  ])("that say %j are wrong", (fields, what) => {
    const sender = new Sender();
    sender.send("a", "bcd");
    const valid = { have: 1, byteOffset: 1, started: 1, done: 1 };
    sender.acknowledge(valid);
    expect(() => sender.acknowledge({ ...valid, ...fields })).toThrow(what);
    expect(() => sender.acknowledge(valid)).not.toThrow();
  });

  test("of everything leave nothing buffered", () => {
    const sender = new Sender();
    sender.send("a", "b");
    sender.stream.acknowledgeAll();
    expect([sender.buffered.messages, sender.stream.isAllDone]).toEqual([0, true]);
  });
});

describe("a resume", () => {
  test("goes on with the next message", () => {
    const sender = new Sender();
    sender.send("a", "b");
    expect(sender.resume({ have: 1, bytes: 1 })).toEqual(["2:b"]);
  });

  test("goes on inside a message", () => {
    const sender = new Sender();
    sender.send("a€c");
    expect(sender.resume({ byteOffset: 4, bytes: 4 })).toEqual(["1@4/5:c"]);
  });

  test("may begin at 0, any number of times", () => {
    const sender = new Sender();
    sender.send("a", "b");
    for (let resume = 0; resume < 100; resume++) expect(sender.resume()).toEqual(["1:a", "2:b"]);
    expect(sender.buffered).toEqual({ bytes: 2, messages: 2 });
  });

  test.each([2, 3])("cannot go on inside a character, at byte %i", (byteOffset) => {
    const sender = new Sender();
    sender.send("a€c");
    expect(() => sender.resume({ byteOffset })).toThrow(`0@${byteOffset} was not sent`);
  });

  test("goes on inside bytes", () => {
    const sender = new Sender();
    sender.send(Uint8Array.of(0x61, 0x62, 0x63));
    expect(sender.resume({ byteOffset: 1, bytes: 1 })).toEqual(["1@1/3:bc"]);
  });

  test("counts what the other end has, for the credit", () => {
    const sender = new Sender("reliable", [9, 10]);
    sender.send("x".repeat(10), "y".repeat(10));
    expect(sender.resume({ have: 1, bytes: 10, bytesMax: 19 })).toEqual([]);
    expect(sender.resume({ have: 1, bytes: 10, bytesMax: 20 })).toEqual([`2:${"y".repeat(10)}`]);
  });
});

describe("a stream of the latest", () => {
  test("keeps the newest of each key while it waits", () => {
    const sender = new Sender("latest");
    sender.accept("a1", "a");
    sender.accept("b1", "b");
    sender.accept("a22", "a");
    expect(sender.buffered).toEqual({ bytes: 5, messages: 2 });
    expect([sender.send(), sender.stream.droppedMessages]).toEqual([["1:a22", "2:b1"], 1]);
  });

  test("holds a bounded number of keys", () => {
    const sender = new Sender("latest");
    for (let key = 0; key < 1024; key++) sender.accept("x", `${key}`);
    expect(() => sender.accept("x", "one more")).toThrow("1024 keys wait already, the limit is 1024");
    expect(sender.buffered.messages).toBe(1024);
    expect(() => sender.accept("y", "7")).not.toThrow();
  });

  test("skips on a resume what a newer one takes the place of, but for what may have begun", () => {
    const sender = new Sender("latest");
    for (const [payload, key] of [
      ["a1", "a"],
      ["a2", "a"],
      ["b1", "b"],
      ["a3", "a"],
    ] as const) {
      sender.accept(payload, key);
      sender.send();
    }
    expect(sender.resume()).toEqual(["1:a1", "skip 0 2 2 superseded", "3:b1", "4:a3"]);
    expect(sender.stream.droppedMessages).toBe(1);
    expect(sender.resume()).toContain("skip 0 2 2 superseded");
    expect(sender.stream.droppedMessages).toBe(1);
  });

  test("skips what one that still waits takes the place of", () => {
    const sender = new Sender("latest", [2, 100]);
    for (const [payload, key] of [
      ["a1", "a"],
      ["b1", "b"],
      ["b2", "b"],
    ] as const) {
      sender.accept(payload, key);
      sender.send();
    }
    expect(sender.resume({ messagesMax: 3 })).toEqual(["1:a1", "skip 0 2 2 superseded", "3:b2"]);
  });

  test("knows which message waits longest", () => {
    const sender = new Sender("latest");
    expect(sender.stream.oldestAcceptedAt).toBeUndefined();
    sender.accept("a1", "a", 1);
    sender.accept("b1", "b", 2);
    sender.accept("a2", "a", 3);
    expect(sender.stream.oldestAcceptedAt).toBe(2);
  });
});

describe("a lossy stream", () => {
  test("forgets what waits", () => {
    const sender = new Sender("lossy", [1, 10]);
    sender.send("a", "b");
    sender.stream.dropWaiting();
    sender.stream.dropWaiting();
    expect([sender.stream.droppedMessages, sender.buffered.messages]).toEqual([1, 1]);
  });

  test("sends nothing again, but for what may have begun", () => {
    const sender = new Sender("lossy");
    sender.send("a", "b", "c");
    expect(sender.resume()).toEqual(["1:a", "skip 0 2 3 dropped"]);
  });

  test("is what others are not", () => {
    const sender = new Sender("reliable", [0, 0]);
    sender.accept("a");
    sender.stream.dropWaiting();
    expect(sender.buffered.messages).toBe(1);
  });
});

describe("messages that are not to be sent", () => {
  test("are removed when they are too large or too old", () => {
    const sender = new Sender("reliable", [0, 0]);
    sender.accept("long", "", 1);
    sender.accept("b", "", 2);
    sender.accept("c", "", 3);
    expect(sender.stream.removeLarger(1)).toEqual(["long"]);
    expect(sender.stream.expire(2, 0)).toEqual(["b"]);
    expect(sender.buffered).toEqual({ bytes: 1, messages: 1 });
  });
});

describe("what is not known", () => {
  /** Accepts six messages, of which the second and fifth expire before they are sent; four are transmitted. */
  function withExpired(): Sender {
    const sender = new Sender();
    for (const [index, payload] of ["a", "b", "c", "d", "e", "f"].entries()) {
      sender.accept(payload);
      if (index === 1 || index === 4) sender.stream.removeLarger(0);
      else sender.send();
    }
    return sender;
  }

  test("is told by the order of acceptance", () => {
    const { stream } = withExpired();
    expect(stream.unknown).toEqual([
      { from: 1, to: 1 },
      { from: 3, to: 4 },
      { from: 6, to: 6 },
    ]);
  });

  test("is what was not handled", () => {
    const sender = withExpired();
    sender.acknowledge({ have: 4, started: 3, done: 2 });
    expect(sender.stream.unknown).toEqual([
      { from: 4, to: 4 },
      { from: 6, to: 6 },
    ]);
  });

  test("leaves out what was never transmitted, unless there is no further session", () => {
    const sender = new Sender("reliable", [1, 10]);
    sender.send("a", "b", "c");
    expect(sender.stream.unknown).toEqual([{ from: 1, to: 1 }]);
    expect(sender.stream.unhandled).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 3 },
    ]);
  });
});

describe("another session", () => {
  test("sends what cannot have arrived whole", () => {
    const sender = new Sender("reliable", [2, 2000]);
    sender.send("a", "x".repeat(3000), "c");
    sender.stream.reset();
    expect(sender.buffered).toEqual({ bytes: 3001, messages: 2 });
    sender.stream.setCredit(9, 9000);
    expect(sender.send().map((frame) => frame.slice(0, 3))).toEqual(["1:x", "2:c"]);
    expect(sender.stream.unknown).toEqual([{ from: 2, to: 3 }]);
  });

  test("sends nothing that was given up, and names its stream again", () => {
    const sender = new Sender("lossy");
    sender.stream.id = 3;
    sender.stream.isNamed = true;
    sender.send("a", "b");
    sender.stream.rewind({ stream: 3, bytes: 0, ...none });
    sender.stream.reset();
    expect([sender.buffered.messages, sender.stream.id, sender.stream.isNamed]).toEqual([1, -1, false]);
  });
});
