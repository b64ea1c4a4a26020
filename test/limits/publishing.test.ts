import { expect, test } from "vitest";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { FarEnd } from "./far-end.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { expectBounded } from "./memory-bound.ts";
import type { PublishingOptions } from "./programs/publishing.ts";

const kibibyte = 1024;

/** A server with some peers that read and one that does not. */
async function openPublishing(options: PublishingOptions, fastPeers: number) {
  await using stack = new AsyncDisposableStack();
  const program = stack.use(await MeasuredProcess.start("publishing", options));
  const open = async (path: string) => {
    const { peer } = await requestRaw(program.port, { startLine: `GET ${path} HTTP/1.1` });
    return new FarEnd(stack.use(peer));
  };
  const slow = await open("/slow");
  const fast = [];
  while (fast.length < fastPeers) fast.push(await open("/fast"));
  const all = stack.move();
  return { program, slow, fast, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

test.each([
  { messageBytes: 64 * kibibyte, messages: 3200 },
  { messageBytes: 100, messages: 200_000, perTurn: 100 },
  { messageBytes: 2, messages: 100_000, perTurn: 2 },
])("of the subscribers, only one that does not read is ended: %o", async (shape) => {
  await using open = await openPublishing({ scenario: "topic", ...shape }, 2);
  const { program, fast } = open;
  const allRead = Promise.all(fast.map((far) => far.readMessages(shape.messages)));
  program.command("go");
  await program.note("done");
  await allRead;
  expect(program.notes.get("slow error")).toBe("WS_BUFFER_FULL");
  expect(program.notes.get("fast error")).toBeUndefined();
  for (const { tally } of fast) expect(tally).toMatchObject({ messages: shape.messages, fault: undefined });
  const what = `${shape.messages} publications of ${shape.messageBytes} bytes, one of three subscribers does not read`;
  expectBounded(await program.status(), what);
});

test("what waits for a slow peer does not hold what went to a fast one, turn after turn", async () => {
  const shape = { messages: 25_600, messageBytes: 16 * kibibyte };
  await using open = await openPublishing({ scenario: "crumbs", ...shape }, 1);
  const { program, fast } = open;
  fast[0]!.read();
  program.command("go");
  await program.note("done");
  expectBounded(
    await program.status(),
    "2 bytes to a peer that does not read for each 64 KiB to one that does",
  );
});

test("what waits for a slow peer does not hold what went to fast ones in the same turn", async () => {
  const shape = { messages: 7680, messageBytes: 16 * kibibyte };
  await using open = await openPublishing({ scenario: "crumbs-in-one-turn", ...shape }, 8);
  const { program, fast } = open;
  for (const far of fast) far.read();
  program.command("go");
  await program.note("done");
  expectBounded(
    await program.status(),
    "the same within one turn, when the fast ones have it all",
    "at the end",
  );
});
