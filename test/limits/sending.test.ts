import { describe, expect, test } from "vitest";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { openSending } from "./line.ts";
import { expectBounded } from "./memory-bound.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
/** Far from the 400 MiB that are sent, and far from what garbage comes to. */
const rssBytesMax = 200 * mebibyte;

/** 400 MiB, or as many messages as would be no less with what each costs. */
const heedless = [
  { role: "server", messageBytes: mebibyte, messages: 400, perTurn: 1 },
  { role: "server", messageBytes: mebibyte, messages: 400, perTurn: 400 },
  { role: "server", messageBytes: 64 * kibibyte, messages: 6400, perTurn: 4, as: "text" },
  { role: "server", messageBytes: 100, messages: 4_000_000, perTurn: 1000, as: "text" },
  { role: "server", messageBytes: 2, messages: 20_000_000, perTurn: 10_000 },
  { role: "server", messageBytes: 0, messages: 20_000_000, perTurn: 10_000 },
  { role: "server", messageBytes: 125, messages: 4_000_000, perTurn: 1000, as: "ping" },
  { role: "client", messageBytes: mebibyte, messages: 400, perTurn: 1 },
  { role: "client", messageBytes: 20 * kibibyte, messages: 20_480, perTurn: 10 },
  { role: "client", messageBytes: 100, messages: 4_000_000, perTurn: 1000, as: "text" },
  { role: "client", messageBytes: 0, messages: 20_000_000, perTurn: 10_000 },
] as const;

describe("an end whose peer does not read, and that sends all the same", () => {
  test.each(heedless)("gets WS_BUFFER_FULL and is bounded: %o", async (shape) => {
    await using line = await openSending({ sender: "heedless", ...shape });
    const sent = Number(await line.program.note("sent"));
    expect(await line.program.note("error")).toBe("WS_BUFFER_FULL");
    expect(await line.program.note("close")).toBe(1006);
    expect(sent).toBeLessThan(shape.messages);
    const what = `${shape.role} sent ${sent} messages of ${shape.messageBytes} bytes in spite of a peer that does not read`;
    expectBounded(await line.program.status(), what);
  });
});

test("what TLS holds for a peer that does not read is bounded, too", async () => {
  const engine = { tls: await makeCertificate() };
  const shape = { role: "server", sender: "writable", messageBytes: mebibyte, messages: 400 } as const;
  await using line = await openSending({ ...shape, engine });
  const stalled = await line.program.untilStill(() => 0);
  expect(stalled).toMatchObject({ isWaiting: true });
  await line.far.readMessages(shape.messages);
  expect(line.far.tally).toMatchObject({ messages: shape.messages, fault: undefined });
  const status = await line.program.status();
  expectBounded(status, "server waits by writable, 400 messages of 1 MiB over TLS");
  // OpenSSL's buffers are in no account of Node's.
  const { highest, lowest } = status.memory;
  expect(highest.rss - lowest.rss).toBeLessThan(rssBytesMax);
});

const heedful = [
  { role: "server", sender: "writable", messageBytes: mebibyte, messages: 400 },
  { role: "server", sender: "writable", messageBytes: 10 * mebibyte, messages: 40 },
  { role: "server", sender: "writable", messageBytes: 100, messages: 200_000, as: "text" },
  { role: "server", sender: "drain", messageBytes: 64 * kibibyte, messages: 6400 },
  { role: "server", sender: "drain", messageBytes: 100, messages: 200_000, as: "text" },
  { role: "client", sender: "writable", messageBytes: mebibyte, messages: 400 },
  { role: "client", sender: "drain", messageBytes: 64 * kibibyte, messages: 6400 },
] as const;

describe("an end whose peer does not read, and that waits", () => {
  test.each(heedful)("is bounded, and all arrives once the peer reads: %o", async (shape) => {
    await using line = await openSending(shape);
    const stalled = await line.program.untilStill(() => 0);
    expect(stalled).toMatchObject({ isWaiting: true });
    expect(stalled.progress).toBeLessThan(shape.messages);
    await line.far.readMessages(shape.messages);
    expect(line.far.tally).toMatchObject({ messages: shape.messages, fault: undefined });
    expect(await line.program.note("sent")).toBe(shape.messages);
    const what = `${shape.role} waits by ${shape.sender}, ${shape.messages} messages of ${shape.messageBytes} bytes`;
    expectBounded(await line.program.status(), what);
  });
});
