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
