import { expect, test } from "vitest";
import { ServerEnd } from "../../test/pure/session-ends.ts";
import { openEnd } from "../../test/pure/session-vector.ts";

test("a suspended session that is woken too early asks to be woken again", async () => {
  const server = new ServerEnd({ suspendedMsMax: 10 });
  await openEnd(server);
  server.lose();
  const [session] = server.registry.sessions();
  const wakes = server.clock.size;
  session!.handleTimeout();
  expect(server.clock.size).toBe(wakes + 1);
});

test("a link that is woken too early is still ended in time", () => {
  const server = new ServerEnd({ openTimeoutMs: 10 });
  const link = server.accept();
  const wakes = server.clock.size;
  server.serverLink().handleTimeout();
  expect(server.clock.size).toBe(wakes + 1);
  server.advance(10);
  expect(link.closedWith).toBe(3002);
});
