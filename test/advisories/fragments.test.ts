/** ws CVE-2026-48779, CVE-2026-62389; Netty CVE-2014-0193: fragments that cost far more memory than bytes. */
import { describe, expect, test } from "vitest";
import { MessageReceiver } from "../../src/protocol/index.ts";
import { encodeFrame } from "../raw-peer/frame.ts";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { EventLog } from "../properties/received-events.ts";
import { retainedBytes } from "./memory.ts";

const mebibyte = 1024 * 1024;
const timeout = 60_000;

/** The chunk of continuation frames, repeated. */
function fragments(role: "client" | "server", payload: Uint8Array, count: number): Buffer {
  const mask = role === "server" ? Uint8Array.of(0, 0, 0, 0) : undefined;
  const frame = encodeFrame({ opcode: 0, fin: false, payload, mask });
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

describe.each(roles)("a %s's receiver", (role) => {
  test.each([
    ["empty fragments", 0, mebibyte],
    ["fragments of 1 byte", 1, 16 * mebibyte],
  ])("retains of 5,000,000 %s no more than their bytes", { timeout }, (_what, size, retainedMax) => {
    const log = new EventLog();
    const limits = { maxPayload: 16 * mebibyte, maxFragments: 16 * mebibyte };
    const receiver = new MessageReceiver(role, log, {
      ...limits,
      allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
    });
    const chunk = fragments(role, new Uint8Array(size).fill(0x61), 5000);
    receiver.receive(
      encodeFrame({ opcode: 1, fin: false, mask: role === "server" ? new Uint8Array(4) : undefined }),
    );
    const before = retainedBytes();
    for (let i = 0; i < 1000; i++) receiver.receive(Uint8Array.from(chunk));
    expect(retainedBytes() - before).toBeLessThan(retainedMax);
    receiver.receive(encodeFrame({ opcode: 0, mask: role === "server" ? new Uint8Array(4) : undefined }));
    expect(log.events.map(([kind, text]) => [kind, String(text).length])).toEqual([
      ["text", size * 5_000_000],
    ]);
  });
});

describe.each(roles)("a %s on a connection", (role) => {
  test.each([0, 1])(
    "retains little of 1,000,000 fragments of %i bytes, and still answers",
    { timeout },
    async (size) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 2, fin: false });
      const chunk = fragments(role, new Uint8Array(size), 1000);
      const before = retainedBytes();
      for (let i = 0; i < 1000; i++)
        await new Promise((resolve) => pair.peer.stream.socket.write(chunk, resolve));
      pair.peer.send({ opcode: 9, payload: "all there?" });
      expect((await pair.peer.readFrame()).payload.toString()).toBe("all there?");
      expect(retainedBytes() - before).toBeLessThan(8 * mebibyte);
      pair.peer.send({ opcode: 0 });
      expect(await pair.engine.nextMessage()).toHaveLength(size * 1_000_000);
    },
  );
});
