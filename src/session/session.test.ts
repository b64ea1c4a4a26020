import { describe, expect, test } from "vitest";
import { type EndConditions, ServerEnd } from "../../test/pure/session-ends.ts";
import { openEnd } from "../../test/pure/session-vector.ts";
import type { SessionRegistryOptions } from "./session-registry.ts";

async function openServer(
  options: SessionRegistryOptions = {},
  conditions: EndConditions = {},
): Promise<ServerEnd> {
  const server = new ServerEnd(options, conditions);
  await openEnd(server);
  return server;
}

describe("taking a message", () => {
  test("hands it out before the session ends by it", async () => {
    const server = await openServer({}, { handlers: "none" });
    server.receive("1:the last");
    server.receive('close {"code":1000,"reason":""}');
    server.takeEvents();
    expect(server.session.main.take()?.payload).toBe("the last");
    expect(server.takeEvents()).toEqual([]);
    server.advance(0);
    expect(server.takeEvents()).toMatchObject([{ event: "close", wasClean: true }]);
  });

  test("acknowledges nothing more when there was none", async () => {
    const server = await openServer();
    expect(server.session.main.take()).toBeUndefined();
    const stream = server.session.stream("not named by the client");
    expect(stream.take()).toBeUndefined();
    stream.settle();
    server.advance(100);
    expect([stream.readableMessages, stream.isReadable, server.link.take()]).toEqual([0, false, []]);
  });
});

describe("a lossy stream", () => {
  test("sends at once, also from a handler", async () => {
    const server = await openServer();
    server.onMessage = () => server.session.stream("cursor", { kind: "lossy" }).send("now");
    server.receive("1:x");
    expect(server.link.take()).toContain("1.1~1:now".replace("~1", ""));
  });

  test("forgets what has no credit", async () => {
    const server = await openServer();
    const stream = server.session.stream("cursor", { kind: "lossy" });
    for (let message = 0; message < 20; message++) stream.send("x");
    expect([stream.droppedMessages, stream.bufferedAmount]).toEqual([4, 16]);
  });

  test("forgets everything while there is no link", async () => {
    const server = await openServer();
    server.lose();
    const stream = server.session.stream("cursor", { kind: "lossy" });
    stream.send("x");
    expect([stream.droppedMessages, server.session.bufferedAmount]).toEqual([1, 0]);
  });
});

describe("accepting", () => {
  test("is refused when the session closes", async () => {
    const server = await openServer();
    const { main } = server.session;
    expect(main.isClosing).toBe(false);
    server.receive('close {"code":1000,"reason":""}');
    expect(main.isClosing).toBe(true);
    expect(() => main.send("x")).toThrow(TypeError);
  });

  test.each([
    [
      "bytes",
      { messageBytesMax: 3, bufferedBytesMax: 5 },
      ["abc", "abc"],
      "3 bytes wait already, the limit is 5",
    ],
    ["messages", { bufferedMessagesMax: 1 }, ["", ""], "1 messages wait already, the limit is 1"],
  ])(
    "is refused past the bound of %s, and nothing was accepted",
    async (_, options, [first, second], message) => {
      const server = await openServer(options);
      server.lose();
      server.session.main.send(first!);
      expect(() => server.session.main.send(second!)).toThrow(message);
      expect(server.session.bufferedMessages).toBe(1);
    },
  );

  test("is refused for a message longer than the other end takes", async () => {
    const server = await openServer({ messageBytesMax: 8 * 1024 * 1024 });
    expect(() => server.session.main.send("x".repeat(1024 * 1024 + 1))).toThrow(
      "The message has 1048577 bytes, the limit is 1048576 (messageBytesMax)",
    );
  });

  test("tells when there is room again", async () => {
    const server = await openServer();
    let rooms = 0;
    server.onRoom = () => rooms++;
    server.session.main.send("x");
    server.receive("ack 0 1 0 0 1024 262144");
    expect(rooms).toBe(0);
    server.receive("ack 0 1 1 0 1024 262144");
    expect(rooms).toBe(1);
  });
});

describe("streams", () => {
  test("have names of 1 to 128 characters", async () => {
    const { session } = await openServer();
    expect(() => session.stream("")).toThrow("The name of a stream has 1 to 128 characters, not 0");
    expect(() => session.stream("x".repeat(129))).toThrow(RangeError);
    expect(session.stream("x".repeat(128)).name).toHaveLength(128);
  });

  test("are the same object for the same name", async () => {
    const { session } = await openServer();
    expect(session.stream("a", { kind: "latest" })).toBe(session.stream("a", { kind: "lossy" }));
    expect(session.stream("constructor").kind).toBe("reliable");
  });

  test("are bounded", async () => {
    const { session } = await openServer({ streamsMax: 1 });
    session.stream("a");
    expect(() => session.stream("b")).toThrow("A session has at most 1 named streams");
  });
});

describe("messages that wait too long", () => {
  test("expire, and the others go on", async () => {
    const server = await openServer({ queueAgeMsMax: 100 });
    server.lose();
    server.session.main.send("old");
    server.advance(60);
    server.session.stream("side").send("new");
    server.advance(40);
    expect(server.takeEvents()).toMatchObject([{ event: "expired", payload: "old", reason: "expired" }]);
    server.advance(60);
    expect(server.takeEvents()).toMatchObject([{ event: "expired", stream: "side", payload: "new" }]);
    expect(server.session.bufferedAmount).toBe(0);
  });

  test("of a stream of the latest expire by the age of the newest", async () => {
    const server = await openServer({ queueAgeMsMax: 100 });
    server.lose();
    const stream = server.session.stream("state", { kind: "latest" });
    stream.send("a1", { key: "a" });
    stream.send("b1", { key: "b" });
    server.advance(60);
    stream.send("a2", { key: "a" });
    server.advance(40);
    expect(server.takeEvents()).toMatchObject([{ payload: "b1" }]);
    server.advance(60);
    expect(server.takeEvents()).toMatchObject([{ payload: "a2" }]);
  });
});

describe("the window", () => {
  test("may be changed, and is granted with the next acknowledgement", async () => {
    const server = await openServer({ window: { messages: 2, bytes: 100 } });
    server.receive('stream {"stream":1,"name":"a","kind":"reliable","priority":"interactive"}');
    server.link.take();
    server.session.setWindow({ messages: 8, bytes: 400 });
    expect(server.link.take()).toEqual(["ack 0 0 0 0 8 400"]);
  });
});

describe("ending", () => {
  test("happens once", async () => {
    const server = await openServer();
    server.session.terminate();
    server.session.terminate();
    server.session.finish({ code: 1000, reason: "", wasClean: true });
    server.session.close();
    server.session.probe();
    server.advance(60_000);
    expect(server.takeEvents()).toHaveLength(1);
  });

  test("by an own mistake of the application is thrown", async () => {
    const server = await openServer();
    server.onMessage = () => {
      throw new Error("a handler's own");
    };
    expect(() => server.receive("1:x")).toThrow("a handler's own");
    expect(() => server.receive(Uint8Array.of(0x32, 0x3a))).not.toThrow();
  });

  test("closes from a handler after the message", async () => {
    const server = await openServer();
    server.onMessage = () => server.session.close(4000, "enough");
    server.receive("1:x");
    expect(server.link.take()).toEqual(["ack 0 1 1 1 1025 262145", 'close {"code":4000,"reason":"enough"}']);
    expect(server.session.phase).toBe("closing");
  });

  test("takes a second close for nothing new", async () => {
    const server = await openServer({}, { handlers: "none" });
    server.receive("1:x");
    server.receive('close {"code":1000,"reason":""}');
    server.receive('close {"code":1000,"reason":""}');
    expect(server.takeEvents()).toEqual([{ event: "closing" }]);
  });

  test("of an end that closes without anybody taking what came is not clean", async () => {
    const server = await openServer({ closeTimeoutMs: 500 }, { handlers: "none" });
    server.receive("1:x");
    server.session.close();
    server.advance(500);
    expect(server.takeEvents()).toMatchObject([{ event: "close", code: 1006, wasClean: false }]);
    expect(server.link.closedWith).toBe(1000);
  });
});

describe("a session with streams that only this end uses", () => {
  test("closes like any other", async () => {
    const server = await openServer();
    server.session.stream("mine").send("x");
    expect(server.session.heldBytes).toBe(0);
    server.session.close();
    for (const frame of ["ack 1 1 1 1 17 16385", 'close {"code":1000,"reason":""}']) server.receive(frame);
    expect(server.takeEvents()).toMatchObject([{ event: "close", wasClean: true }]);
  });
});
