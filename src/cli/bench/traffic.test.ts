import { expect, test } from "vitest";
import { prepareTraffic } from "./traffic.ts";

const options = { connections: 1000, messageBytes: 32, burst: 2, binary: false };

test("connections have messages of their own, up to 64", () => {
  const payloads = prepareTraffic(options, false).flatMap(({ messages }) =>
    messages.map(({ payload }) => String(payload)),
  );
  expect(new Set(payloads).size).toBe(128);
  expect(prepareTraffic({ ...options, connections: 3 }, false)).toHaveLength(3);
});

test("large messages are shared by all connections", () => {
  const [only, ...others] = prepareTraffic({ ...options, messageBytes: 16 * 1024 * 1024 }, false);
  expect(only?.payloadBytes).toBe(32 * 1024 * 1024);
  expect(others).toEqual([]);
});

test("messages have the type and the compression asked for", () => {
  const [text] = prepareTraffic(options, true);
  expect(text?.messages[0]).toMatchObject({ opcode: 1, compressed: true });
  const [binary] = prepareTraffic({ ...options, binary: true }, false);
  expect(binary?.messages[0]).toMatchObject({ opcode: 2, compressed: false });
});
