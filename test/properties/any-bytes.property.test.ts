import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { protocolRules } from "../../src/protocol/index.ts";
import { EventLog, newReceiver } from "./received-events.ts";
import { compress, frameSoup, roles } from "./streams.ts";
import { encodeFrame } from "../raw-peer/frame.ts";

const timeout = 60_000;
const numRuns = 10_000;
const documentedCodes = new Map(
  Object.entries(protocolRules).map(([code, { closeCode }]) => [code, closeCode]),
);

/** The receiver's last words are a Close frame or a documented failure; nothing comes after them. */
function expectOrderlyEnd(log: EventLog): void {
  const last = log.events.findIndex(([kind]) => kind === "error" || kind === "close");
  if (last < 0) return;
  expect(log.events).toHaveLength(last + 1);
  const [kind, closeCode, code] = log.events[last]!;
  if (kind === "error") expect(documentedCodes.get(code as string)).toBe(closeCode);
}

const limits = fc.record({
  maxPayload: fc.oneof(fc.nat(200), fc.constant(1_000_000)),
  maxFragments: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(10_000)),
  deflate: fc.boolean(),
});

describe.each(roles)("a %s's receiver", (role) => {
  test("never throws on any bytes, and stays silent after the end", { timeout }, () => {
    const property = fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      limits,
      (chunks, options) => {
        const log = new EventLog();
        const receiver = newReceiver({ role, ...options }, log);
        for (const chunk of chunks) receiver.receive(Uint8Array.from(chunk));
        expectOrderlyEnd(log);
      },
    );
    fc.assert(property, { numRuns });
  });

  test("never throws on frame soup under any limits", { timeout }, () => {
    const property = fc.property(fc.array(frameSoup(role), { maxLength: 3 }), limits, (chunks, options) => {
      const log = new EventLog();
      const receiver = newReceiver({ role, ...options }, log);
      for (const chunk of chunks) receiver.receive(Uint8Array.from(chunk));
      expectOrderlyEnd(log);
    });
    fc.assert(property, { numRuns });
  });

  test("answers broken DEFLATE data with 1007 or 1009, never with a throw", { timeout }, () => {
    const data = fc.uint8Array({ minLength: 1, maxLength: 60 });
    const property = fc.property(data, fc.nat(), fc.nat(255), fc.boolean(), (bytes, at, value, isRaw) => {
      const payload = isRaw ? Buffer.from(bytes) : compress(bytes);
      payload[at % payload.length] = value;
      const log = new EventLog();
      const mask = role === "server" ? Uint8Array.of(1, 2, 3, 4) : undefined;
      newReceiver({ role, deflate: true, maxPayload: 500 }, log).receive(
        encodeFrame({ opcode: 2, rsv: 4, payload, mask }),
      );
      expect(log.events).toHaveLength(1);
      if (log.events[0]![0] !== "binary") expect([1007, 1009]).toContain(log.events[0]![1]);
    });
    fc.assert(property, { numRuns });
  });
});
