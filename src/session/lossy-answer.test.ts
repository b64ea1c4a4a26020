import { expect, test } from "vitest";
import { ServerEnd } from "../../test/pure/session-ends.ts";
import { openEnd } from "../../test/pure/session-vector.ts";

test("what a handler sends on a lossy stream is transmitted, and not forgotten because a frame is being handled", async () => {
  const server = new ServerEnd();
  await openEnd(server);
  const stream = server.session.stream("answers", { kind: "lossy" });
  server.onMessage = () => stream.send("an answer");
  server.link.take();
  server.receive("1:a question");
  expect(server.link.take()).toContain("1.1:an answer");
  expect(stream.droppedMessages).toBe(0);
});
