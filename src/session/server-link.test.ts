import { describe, expect, test } from "vitest";
import { fromHex } from "../../test/pure/recorded-link.ts";
import { decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";
import type { SessionRegistryOptions } from "./session-registry.ts";

async function openServer(options: SessionRegistryOptions = {}): Promise<ServerEnd> {
  const server = new ServerEnd(options);
  await openEnd(server);
  return server;
}

describe("a link that belongs to no session", () => {
  test("is greeted with what the server takes", () => {
    const server = new ServerEnd({ messageBytesMax: 7, streamsMax: 2, suspendedMsMax: 3 });
    server.accept();
    expect(server.link.take()).toEqual(['hello {"messageBytesMax":7,"streamsMax":2,"suspendedMsMax":3}']);
  });

  test("is closed when nothing comes in time", () => {
    const server = new ServerEnd({ openTimeoutMs: 50 });
    const link = server.accept();
    server.advance(49);
    expect(link.closedWith).toBeUndefined();
    server.advance(1);
    expect(link.closedWith).toBe(3002);
  });

  test("is closed when the decision takes too long, and stays closed when it comes", async () => {
    const server = new ServerEnd({ openTimeoutMs: 50 });
    let decide = (): void => {};
    server.authenticate = () =>
      new Promise((resolve) => {
        decide = () => resolve({ user: "", userKey: "" });
      });
    server.accept();
    server.receive(openedWith.server);
    server.advance(50);
    decide();
    await decided();
    expect([server.link.closedWith, server.sessions.length]).toEqual([3002, 0]);
  });

  test("takes no further frame before the answer", () => {
    const server = new ServerEnd();
    const link = server.accept();
    server.receive(openedWith.server);
    server.receive("1:x");
    expect(link.closedWith).toBe(3503);
  });

  test.each(["1:x", "ping 1", "opened {}", "open {", "resume {}", ""])("is closed for %j", (frame) => {
    const server = new ServerEnd();
    const link = server.accept();
    server.receive(frame);
    expect(link.closedWith).toBe(3503);
  });

  test("is closed for bytes", () => {
    const server = new ServerEnd();
    const link = server.accept();
    server.receive(fromHex("313a"));
    expect(link.closedWith).toBe(3503);
  });

  test("hears nothing more when it is closed", () => {
    const server = new ServerEnd();
    const link = server.accept();
    server.receive("end {}");
    server.link.take();
    for (const frame of ["1:x", openedWith.server, "end {}", fromHex("31")]) server.receive(frame);
    expect([link.closedWith, link.take()]).toEqual([1000, []]);
  });

  test("throws what its transport throws", () => {
    const server = new ServerEnd();
    server.accept().sendText = () => {
      throw new Error("the transport is broken");
    };
    expect(() => server.receive("1:x")).toThrow("the transport is broken");
  });

  test("may be lost at any time", async () => {
    const server = new ServerEnd();
    server.accept();
    server.receive(openedWith.server);
    server.lose();
    server.serverLink().drained();
    server.advance(60_000);
    await decided();
    expect(server.sessions).toHaveLength(0);
  });
});

describe("the link of a session", () => {
  test("passes frames on", async () => {
    const server = await openServer();
    server.receive("1:text");
    server.receive(fromHex("323aff"));
    expect(server.takeEvents()).toMatchObject([{ payload: "text" }, { hex: "ff" }]);
  });

  test("passes bytes on when they come first", async () => {
    const server = await openServer();
    server.receive(fromHex("313aff"));
    expect(server.takeEvents()).toMatchObject([{ hex: "ff" }]);
  });

  test("goes on sending when the transport has taken what it had", async () => {
    const server = await openServer();
    server.link.bufferedAmount = 1e6;
    server.session.main.send("late");
    expect(server.link.take()).toEqual([]);
    server.link.bufferedAmount = 0;
    server.serverLink().drained();
    expect(server.link.take()).toEqual(["1:late"]);
  });

  test("leaves the session suspended when the client ends it", async () => {
    const server = await openServer({ suspendedMsMax: 100 });
    server.receive('end {"code":3000,"reason":""}');
    expect(server.session.link).toBeUndefined();
    server.advance(100);
    expect(server.takeEvents()).toMatchObject([{ event: "close", code: 1006 }]);
    expect(server.registry.size).toBe(0);
  });

  test("is told why the session ends", async () => {
    const server = await openServer();
    server.session.terminate();
    expect(server.link.take()).toEqual(['end {"code":3505,"reason":"The session was ended"}']);
    expect(server.link.closedWith).toBe(3505);
  });

  test("is closed when it is silent, and the session waits for another", async () => {
    const server = await openServer({ heartbeatMs: 1000 });
    server.advance(6000);
    expect(server.link.take()).toEqual(["ping 1", 'end {"code":3001,"reason":"No frame came for 1000 ms"}']);
    expect([server.link.closedWith, server.registry.size]).toEqual([3001, 1]);
  });
});
