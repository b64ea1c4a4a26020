import { expect, test } from "vitest";
import { decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { writeControl } from "./control-frame.ts";

const terms = { messageBytesMax: 1000, streamsMax: 4, window: [8, 1000], streamWindow: [8, 1000] };

function open(linkEpoch: number): string {
  return writeControl("open", { nonce: "n".repeat(16), linkEpoch, protocols: [], ...terms });
}

test("an open that arrives after its session was heard by another link makes no second session", async () => {
  const server = new ServerEnd();
  const late = server.accept();
  const link = server.accept();
  server.receive(open(2), link);
  await decided();
  server.receive("1:a", link);
  server.receive(open(1), late);
  await decided();
  expect(late.take().at(-1)).toBe('end {"code":3500,"reason":"The session goes on by link 2","linkEpoch":2}');
  expect([server.registry.size, link.closedWith]).toEqual([1, undefined]);
});
