import { describe, expect, test } from "vitest";
import { decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { writeControl } from "./control-frame.ts";

const terms = { messageBytesMax: 1000, streamsMax: 4, window: [8, 1000], streamWindow: [8, 1000] };

/** A server with one session, whose client has said something. */
async function attached(): Promise<ServerEnd> {
  const server = new ServerEnd();
  server.accept();
  server.receive(writeControl("open", { nonce: "n".repeat(16), linkEpoch: 1, protocols: [], ...terms }));
  await decided();
  server.takeOutputs();
  return server;
}

describe("an end that the client sends", () => {
  test.each([
    [3505, "because it was terminated"],
    [3503, "because the server broke a rule"],
  ])("with %i ends the session %s", async (code) => {
    const server = await attached();
    server.receive(writeControl("end", { code, reason: "" }));
    expect(server.takeEvents()).toMatchObject([{ event: "close", code: 1006, wasClean: false }]);
    expect(server.registry.size).toBe(0);
  });

  test.each([writeControl("end", { code: 3001, reason: "silent" }), "end {}", "end x"])(
    "by %s leaves the session to be resumed",
    async (frame) => {
      const server = await attached();
      server.receive(frame);
      expect(server.takeEvents()).toEqual([]);
      expect([server.registry.size, server.link.closedWith]).toEqual([1, 1000]);
    },
  );
});
