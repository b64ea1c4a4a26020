import { describe, expect, test } from "vitest";
import { closeFrame, concat, frame, key } from "../../test/pure/frames.ts";
import { MessageLog } from "../../test/pure/message-log.ts";
import { MessageReceiver } from "./message-receiver.ts";
import type { Role } from "./role.ts";

const limits = { maxPayload: 100, maxFragments: 10, allocate: (bytes: number) => new Uint8Array(bytes) };

function receiverFor(role: Role, log: MessageLog): MessageReceiver {
  return new MessageReceiver(role, log, limits);
}

describe("the receiving half of a connection", () => {
  test.each([
    ["client", undefined],
    ["server", key],
  ] as const)("a %s's turns bytes into messages", (role, mask) => {
    const log = new MessageLog();
    receiverFor(role, log).receive(concat(frame(0x81, "a", mask), frame(0x89, "b", mask)));
    expect(log.events).toEqual([
      ["text", "a"],
      ["ping", "b"],
    ]);
  });

  test("tells of a broken rule once and ignores what follows", () => {
    const log = new MessageLog();
    const receiver = receiverFor("client", log);
    receiver.receive(concat(frame(0x83), frame(0x81, "after")));
    receiver.receive(frame(0x83));
    expect(log.events).toEqual([["error", "WS_RESERVED_OPCODE"]]);
    expect(log.errors[0]).toMatchObject({ closeCode: 1002, clause: "RFC 6455 §5.2" });
  });

  test("ignores what follows a Close frame", () => {
    const log = new MessageLog();
    const receiver = receiverFor("client", log);
    receiver.receive(concat(closeFrame(1001, "gone"), frame(0x83)));
    receiver.receive(frame(0x81, "after"));
    expect(log.events).toEqual([["close", 1001, "gone"]]);
  });

  test.each([
    ["a text", [frame(0x81, "a")], false],
    ["binary", [frame(0x82, "a")], true],
    ["binary before a text", [frame(0x82, "a"), frame(0x81, "b")], true],
    ["a ping", [frame(0x89, "a")], true],
    ["a part of a frame", [frame(0x82, "abc").slice(0, 4)], false],
  ])("tells whether its handler may have kept a part of a chunk with %s", (_what, frames, expected) => {
    const receiver = receiverFor("client", new MessageLog());
    expect(receiver.receive(concat(...frames))).toBe(expected);
    expect(receiver.receive(new Uint8Array(0))).toBe(false);
  });

  test("stopped inside a message, it hands on nothing more of the chunk", () => {
    const log = new MessageLog();
    const receiver = receiverFor("client", log);
    log.onText = () => receiver.stop();
    receiver.receive(concat(frame(0x81, "a"), frame(0x82, "b"), frame(0x83)));
    expect(log.events).toEqual([]);
  });

  test("does not take an error of its handler's for the peer's", () => {
    const log = new MessageLog();
    const mistake = new Error("of our own");
    log.onText = () => {
      throw mistake;
    };
    expect(() => receiverFor("client", log).receive(frame(0x81, "a"))).toThrow(mistake);
    expect(log.errors).toEqual([]);
  });
});
