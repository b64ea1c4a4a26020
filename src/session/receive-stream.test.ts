import { describe, expect, test } from "vitest";
import { ascii } from "../../test/pure/recorded-link.ts";
import { readDataHeader } from "./data-header.ts";
import type { Payload } from "./message.ts";
import { ReceivePool } from "./receive-pool.ts";
import { ReceiveStream } from "./receive-stream.ts";
import { utf8Bytes } from "./utf8.ts";

/** A stream with a window of 4 messages and 20 bytes, for messages of up to 50 bytes. */
class Receiver {
  readonly pool = new ReceivePool(200, 50);
  readonly stream: ReceiveStream;

  constructor(messages = 4, bytes = 20) {
    const window = { messages, bytes };
    this.stream = new ReceiveStream(0, window, { limits: { messageBytesMax: 50, window }, pool: this.pool });
  }

  /** Takes a frame, and returns whether it completed a message. */
  receive(frame: string): boolean {
    const header = readDataHeader(frame);
    const payload = frame.slice(header.payloadStart);
    return this.stream.receive(header, payload, utf8Bytes(payload));
  }

  receiveBytes(frame: string): boolean {
    const header = readDataHeader(frame);
    const payload = ascii(frame.slice(header.payloadStart));
    return this.stream.receive(header, payload, payload.length);
  }

  /** Takes all messages, each of which settles at once. */
  takeAll(): Payload[] {
    const payloads: Payload[] = [];
    for (let next = this.stream.take(); next !== undefined; next = this.stream.take()) {
      payloads.push(next.payload);
      this.stream.settle();
    }
    return payloads;
  }

  get position(): string {
    const { have, byteOffset, started, done } = this.stream.ack;
    return `${have}@${byteOffset} ${started} ${done}`;
  }
}

function receiverOf(...frames: readonly string[]): Receiver {
  const receiver = new Receiver();
  for (const frame of frames) receiver.receive(frame);
  return receiver;
}

describe("positions", () => {
  test("move with each message", () => {
    const receiver = new Receiver();
    expect([receiver.receive("1:a"), receiver.receive("2:b")]).toEqual([true, true]);
    expect([receiver.position, receiver.stream.readableMessages]).toEqual(["2@0 0 0", 2]);
    expect(receiver.stream.position).toMatchObject({ stream: 0, bytes: 2, have: 2 });
  });

  test.each(["1:again", "1@0/4:ag", "2@0/5:x", "2@1/5:x"])("leave %j of the past alone", (frame) => {
    const receiver = receiverOf("1:a", "2@0/5:bc");
    expect(receiver.receive(frame)).toBe(false);
    expect([receiver.position, receiver.stream.heldBytes]).toEqual(["1@2 0 0", 3]);
  });

  test.each(["3:x", "2@3/5:x", "2@1/6:x", "4@0/1:x", "2:x"])(
    "refuse %j, which is ahead or another",
    (frame) => {
      const receiver = receiverOf("1:a", "2@0/5:bc");
      expect(() => receiver.receive(frame)).toThrow("Stream 0 is at 2@2, the frame at");
    },
  );
});

describe("parts", () => {
  test("make a text", () => {
    const receiver = receiverOf("1@0/6:ü", "1@2/6:", "1@2/6:€x");
    expect(receiver.takeAll()).toEqual(["ü€x"]);
  });

  test("make bytes", () => {
    const receiver = new Receiver();
    for (const frame of ["1@0/4:", "1@0/4:ab", "1@2/4:cd"]) receiver.receiveBytes(frame);
    expect(receiver.takeAll()).toEqual([ascii("abcd")]);
  });

  test("may be one that is all, or nothing", () => {
    expect(receiverOf("1@0/2:ab", "2@0/0:").takeAll()).toEqual(["ab", ""]);
  });

  test.each([
    ["1@2/4:c", "1@3/4:de"],
    ["1@2/5:c", ""],
  ])("that do not fit are refused: %j %j", (first, second) => {
    const receiver = receiverOf("1@0/4:ab");
    const receive = (): void => {
      receiver.receive(first);
      receiver.receive(second);
    };
    expect(receive).toThrow("Stream 0 has a part that does not fit message 1");
  });

  test("of text and bytes do not make a message", () => {
    const receiver = receiverOf("1@0/4:ab");
    expect(() => receiver.receiveBytes("1@2/4:cd")).toThrow("a part that does not fit");
  });

  test("are not more than 64 and one for each 256 bytes", () => {
    const receiver = new Receiver(4, 200);
    const big = new ReceiveStream(
      0,
      { messages: 1, bytes: 1000 },
      { limits: { messageBytesMax: 1000, window: { messages: 1, bytes: 1000 } }, pool: receiver.pool },
    );
    const receive = (byteOffset: number): boolean =>
      big.receive(readDataHeader(`1@${byteOffset}/256:x`), "x", 1);
    for (let byteOffset = 0; byteOffset < 65; byteOffset++) receive(byteOffset);
    expect(() => receive(65)).toThrow("a part that does not fit");
  });

  test("may be empty any number of times, which holds no memory", () => {
    const receiver = new Receiver();
    for (let part = 0; part < 1000; part++) receiver.receive("1@0/2:");
    receiver.receive("1@0/2:ab");
    expect(receiver.takeAll()).toEqual(["ab"]);
  });

  test("give way to the whole, when only an empty one had come", () => {
    expect(receiverOf("1@0/2:", "1:ab").takeAll()).toEqual(["ab"]);
  });

  test("of a message that is too long are refused with the first", () => {
    expect(() => receiverOf("1@0/51:a")).toThrow("A message has 51 bytes, the limit is 50");
    expect(() => new Receiver(4, 100).receive(`1:${"x".repeat(51)}`)).toThrow("A message has 51 bytes");
  });
});

describe("credit", () => {
  test.each([
    ["messages", ["1:", "2:", "3:", "4:"], "5:", "may send up to 4 messages, got 5"],
    ["bytes", [`1:${"x".repeat(20)}`], "2:x", "may send up to 20 bytes, got 21"],
    ["bytes of parts", ["1@0/30:0123456789", "1@10/30:0123456789"], "1@20/30:x", "up to 20 bytes, got 21"],
  ])("for %s is held to", (_, frames, last, message) => {
    const receiver = receiverOf(...frames);
    expect(() => receiver.receive(last)).toThrow(message);
  });

  test("comes back when messages have settled", () => {
    const receiver = receiverOf("1:0123456789", "2:x");
    expect(receiver.stream.isCreditDue).toBe(false);
    receiver.takeAll();
    expect(receiver.stream.isCreditDue).toBe(true);
    expect(receiver.stream.grant()).toBe(true);
    expect(receiver.stream.ack).toMatchObject({ messagesMax: 6, bytesMax: 31 });
    expect(receiver.stream.isCreditDue).toBe(false);
  });

  test("is due for messages alone", () => {
    const receiver = receiverOf("1:", "2:");
    receiver.takeAll();
    expect(receiver.stream.isCreditDue).toBe(true);
  });

  test("grows by what a message lacks that has begun", () => {
    const receiver = receiverOf("1:abc", "2@0/30:");
    expect(receiver.stream.lackingBytes).toBe(13);
    expect(receiver.stream.grant()).toBe(true);
    expect([receiver.stream.ack.bytesMax, receiver.stream.lackingBytes]).toEqual([33, 0]);
  });

  test("waits for the memory of the session", () => {
    const receiver = receiverOf("1:0123456789");
    receiver.takeAll();
    receiver.pool.owe(1000);
    expect([receiver.stream.grant(), receiver.stream.ack.bytesMax]).toEqual([false, 20]);
    receiver.pool.giveBack(1000);
    expect([receiver.stream.grant(), receiver.stream.ack.bytesMax]).toEqual([true, 30]);
  });

  test("lets one of many half messages end when there is no memory", () => {
    const { pool } = new Receiver();
    const window = { messages: 1, bytes: 10 };
    const streams = [1, 2, 3].map(
      (id) => new ReceiveStream(id, window, { limits: { messageBytesMax: 50, window }, pool }),
    );
    pool.owe(1000);
    for (const stream of streams) stream.receive(readDataHeader("1@0/40:0123456789"), "0123456789", 10);
    expect(streams.map((stream) => stream.grant())).toEqual([true, false, false]);
    streams[0]!.receive(readDataHeader("1@10/40:"), "x".repeat(30), 30);
    streams[0]!.take();
    streams[0]!.settle();
    expect(streams.slice(1).map((stream) => stream.grant())).toEqual([true, false]);
  });
});

describe("skipping", () => {
  test("counts as handled, in its turn", () => {
    const receiver = receiverOf("1:a");
    receiver.stream.skip(2, 3);
    expect([receiver.position, receiver.stream.readableMessages]).toEqual(["3@0 0 0", 1]);
    expect(receiver.takeAll()).toEqual(["a"]);
    expect([receiver.position, receiver.stream.isAllDone]).toEqual(["3@0 3 3", true]);
  });

  test("waits for the message in hand", () => {
    const receiver = receiverOf("1:a");
    receiver.stream.take();
    receiver.stream.skip(2, 2);
    expect(receiver.position).toBe("2@0 1 0");
    receiver.stream.settle();
    expect(receiver.position).toBe("2@0 2 2");
  });

  test("takes the place of what had begun, and gives its credit back", () => {
    const receiver = receiverOf("1@0/20:0123456789");
    receiver.stream.skip(1, 1);
    expect([receiver.position, receiver.stream.heldBytes]).toEqual(["1@0 1 1", 0]);
    expect(receiver.receive("2:b")).toBe(true);
  });

  test("of the past is ignored", () => {
    const receiver = receiverOf("1:a", "2:b");
    receiver.stream.skip(1, 2);
    receiver.stream.skip(9, 1);
    expect(receiver.position).toBe("2@0 0 0");
  });

  test.each([
    [3, 3, "Stream 0 is at 2@0, the frame at 3 to 3"],
    [1, 2, "Stream 0 is at 2@0, the frame at 1 to 2"],
    [2, 5, "may send up to 4 messages, got 5"],
  ])("%i to %i is refused", (from, to, message) => {
    expect(() => receiverOf("1:a").stream.skip(from, to)).toThrow(message);
  });
});

describe("handling", () => {
  test("goes message by message", () => {
    const { stream } = receiverOf("1:a", "2:b");
    expect([stream.isReadable, stream.take()?.payload]).toEqual([true, "a"]);
    expect([stream.isReadable, stream.take()]).toEqual([false, undefined]);
    expect([stream.settle(), stream.settle()]).toEqual([true, false]);
    expect([stream.take()?.payload, stream.take()]).toEqual(["b", undefined]);
  });

  test("is all started, then all done", () => {
    const { stream } = receiverOf("1:a");
    const states = (): boolean[] => [stream.isAllStarted, stream.isAllDone];
    expect([states(), stream.handled]).toEqual([[false, false], -1]);
    stream.take();
    expect([states(), stream.handled]).toEqual([[true, false], -1]);
    stream.settle();
    expect([states(), stream.handled]).toEqual([[true, true], 1]);
  });

  test("is not all started while a part is there", () => {
    const { stream } = receiverOf("1@0/2:");
    expect([stream.isAllStarted, stream.isAllDone]).toEqual([false, false]);
    expect(receiverOf("1@0/2:a").stream.handled).toBe(-1);
  });

  test("of nothing is said from the start", () => {
    expect(new Receiver().stream.handled).toBe(0);
  });
});

describe("a session that was lost", () => {
  test("leaves what may still have been sent unknown", () => {
    expect(receiverOf("1:a").stream.unreceived).toEqual({ from: 2, to: 4 });
    expect(receiverOf("1:", "2:", "3:", "4:").stream.unreceived).toBeUndefined();
  });

  test("leaves its messages to the next, which does not count them", () => {
    const before = receiverOf("1:a", "2:b", "3:c");
    before.stream.take();
    before.stream.skip(4, 4);
    const after = new Receiver();
    before.stream.leaveTo(after.stream);
    after.receive("1:d");
    expect([after.stream.isReadable, after.position]).toEqual([false, "1@0 0 0"]);
    after.stream.settle();
    expect(after.takeAll()).toEqual(["b", "c", "d"]);
    expect([after.position, after.stream.heldBytes]).toEqual(["1@0 1 1", 0]);
  });
});
