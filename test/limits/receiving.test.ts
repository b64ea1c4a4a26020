import { describe, expect, test } from "vitest";
import { opcodes } from "../raw-peer/frame.ts";
import { deflatedFrames, frameTo, numberedFrames, repeatedFrames } from "./frame-blocks.ts";
import { numberedMessage } from "./numbered-message.ts";
import { openReceiving } from "./line.ts";
import { expectBounded } from "./memory-bound.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const offeredBytes = 400 * mebibyte;
/** What may come before the sender is held back: mostly what the network keeps. */
const heldBytesMax = 40 * mebibyte;

describe("an end that does not handle what it receives", () => {
  test.each([
    { role: "server", holdsBy: "listener", messageBytes: mebibyte, opcode: opcodes.binary, offered: 400 },
    { role: "server", holdsBy: "listener", messageBytes: 64 * kibibyte, opcode: opcodes.text, offered: 100 },
    {
      role: "server",
      holdsBy: "iterator",
      messageBytes: 64 * kibibyte,
      opcode: opcodes.binary,
      offered: 100,
    },
    {
      role: "server",
      holdsBy: "connection handler",
      messageBytes: mebibyte,
      opcode: opcodes.text,
      offered: 100,
    },
    { role: "server", holdsBy: "pause", messageBytes: 64 * kibibyte, opcode: opcodes.binary, offered: 100 },
    { role: "client", holdsBy: "pause", messageBytes: mebibyte, opcode: opcodes.binary, offered: 400 },
    { role: "client", holdsBy: "iterator", messageBytes: 64 * kibibyte, opcode: opcodes.text, offered: 100 },
  ] as const)("holds the sender back, and loses nothing when it goes on: %o", async (shape) => {
    const { role, holdsBy, messageBytes, offered } = shape;
    const messages = (offered * mebibyte) / messageBytes;
    await using line = await openReceiving({ role, holdsBy });
    const poured = line.far.pour(numberedFrames(role, { ...shape, messages }));
    await line.program.untilStill(() => line.far.poured);
    expect(line.far.poured).toBeLessThan(heldBytesMax);
    const what = `${role} holds by ${holdsBy}, of ${offered} MiB in messages of ${messageBytes} bytes ${line.far.poured} bytes came`;
    expectBounded(await line.program.status(), what);
    line.program.command("go");
    await poured;
    const { progress } = await line.program.untilStill(() => 0);
    expect(progress).toBe(messages);
    expect(line.program.notes).toEqual(new Map());
  });

  test.each([
    { role: "server", holdsBy: "listener", messageBytes: 100, opcode: opcodes.binary },
    { role: "server", holdsBy: "listener", messageBytes: 100, opcode: opcodes.text },
    { role: "server", holdsBy: "listener", messageBytes: 0, opcode: opcodes.binary },
    { role: "server", holdsBy: "connection handler", messageBytes: 0, opcode: opcodes.text },
    { role: "client", holdsBy: "pause", messageBytes: 100, opcode: opcodes.binary },
    { role: "client", holdsBy: "iterator", messageBytes: 0, opcode: opcodes.binary },
  ] as const)("holds the sender of small messages back: %o", async (shape) => {
    const { role, holdsBy, messageBytes, opcode } = shape;
    await using line = await openReceiving({ role, holdsBy });
    const frame = frameTo(role, { opcode, payload: numberedMessage(0, messageBytes) });
    void line.far.pour(repeatedFrames(frame, offeredBytes));
    await line.program.untilStill(() => line.far.poured);
    expect(line.far.poured).toBeLessThan(heldBytesMax);
    const what = `${role} holds by ${holdsBy}, messages of ${messageBytes} bytes, it let ${line.far.poured} bytes come`;
    expectBounded(await line.program.status(), what);
  });

  test("inflates no more than it may keep, and all of it when it goes on", async () => {
    const engine = { perMessageDeflate: true };
    await using line = await openReceiving({ role: "server", holdsBy: "listener", engine });
    await line.far.pour(deflatedFrames(400, mebibyte));
    await line.program.untilStill(() => 0);
    expectBounded(await line.program.status(), "400 messages of 1 MiB, deflated to a thousandth");
    line.program.command("go");
    const { progress } = await line.program.untilStill(() => 0);
    expect(progress).toBe(400);
    expect(line.program.notes).toEqual(new Map());
  });

  test("answers a ping as long as it reads ahead", async () => {
    await using line = await openReceiving({ role: "server", holdsBy: "listener" });
    line.far.read();
    await line.far.pour(numberedFrames("server", { opcode: opcodes.text, messageBytes: 100, messages: 500 }));
    await line.far.pour([frameTo("server", { opcode: opcodes.ping, payload: "alive?" })]);
    const { progress } = await line.program.untilStill(() => line.far.tally.pongs);
    expect(progress).toBe(1);
    expect(line.far.tally.pongs).toBe(1);
  });
});

describe("a peer that writes and never reads", () => {
  test.each([
    { messageBytes: mebibyte },
    { messageBytes: 20 * kibibyte },
    { messageBytes: 100 },
    { messageBytes: 0 },
  ])("is ended with WS_BUFFER_FULL by an echo: %o", async ({ messageBytes }) => {
    await using line = await openReceiving({ role: "server", holdsBy: "echo" });
    const frame = frameTo("server", { opcode: opcodes.binary, payload: Buffer.alloc(messageBytes) });
    await line.far.pour(repeatedFrames(frame, offeredBytes));
    expect(await line.program.note("error")).toBe("WS_BUFFER_FULL");
    expect(line.far.poured).toBeLessThan(offeredBytes);
    expectBounded(
      await line.program.status(),
      `echoes of ${messageBytes} bytes to a peer that does not read`,
    );
  });

  test("does not make an echo of some messages hold the others, which came with them", async () => {
    await using line = await openReceiving({ role: "server", holdsBy: "echo binary" });
    const echoed = frameTo("server", { opcode: opcodes.binary, payload: Buffer.alloc(17 * kibibyte) });
    const other = frameTo("server", { opcode: opcodes.text, payload: Buffer.alloc(47 * kibibyte) });
    await line.far.pour(repeatedFrames(Buffer.concat([echoed, other]), offeredBytes));
    expect(await line.program.note("error")).toBe("WS_BUFFER_FULL");
    expectBounded(
      await line.program.status(),
      "echoes of 17 KiB out of each 64 KiB to a peer that does not read",
    );
  });

  test.each([{ pingBytes: 125 }, { pingBytes: 0 }])("may ping for ever: %o", async ({ pingBytes }) => {
    await using line = await openReceiving({ role: "server", holdsBy: "listener" });
    const frame = frameTo("server", { opcode: opcodes.ping, payload: Buffer.alloc(pingBytes) });
    await line.far.pour(repeatedFrames(frame, 32 * mebibyte));
    expectBounded(
      await line.program.status(),
      `32 MiB of pings with ${pingBytes} bytes from a peer that does not read`,
    );
    line.far.read();
    await line.program.untilStill(() => line.far.tally.pongs);
    expect(line.far.tally.pongs).toBeGreaterThan(0);
    expect(line.program.notes).toEqual(new Map());
  });

  test.each([
    { fragmentBytes: 1, fragments: 8_000_000 },
    { fragmentBytes: 0, fragments: 10_000_000 },
  ])("may leave a message of many small fragments unfinished: %o", async ({ fragmentBytes, fragments }) => {
    await using line = await openReceiving({ role: "server", holdsBy: "echo" });
    const payload = Buffer.alloc(fragmentBytes);
    const fragment = frameTo("server", { opcode: opcodes.continuation, fin: false, payload });
    line.far.write(frameTo("server", { opcode: opcodes.binary, fin: false, payload }));
    await line.far.pour(repeatedFrames(fragment, fragments * fragment.length));
    await line.program.untilStill(() => line.far.poured);
    expectBounded(await line.program.status(), `${fragments} fragments of ${fragmentBytes} bytes and no end`);
    line.far.read();
    line.far.write(frameTo("server", { opcode: opcodes.continuation, payload }));
    const { progress } = await line.program.untilStill(() => line.far.tally.messages);
    expect(progress).toBe(1);
  });
});
