import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { createServer, type Server, type ServerSocket } from "../../src/server/index.ts";
import { createRandom } from "../../src/testing/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { serve } from "../server/serve.ts";
import { type MessageRecord, numberedMessages, recordOf } from "./numbered-message.ts";
import { python } from "./python.ts";
import { PythonSession, runEcho } from "./python-session.ts";
import { say, ScriptedSessionServer } from "./scripted-session-server.ts";

const count = 2000;

describe.skipIf(python.missing)("the session client in Python, written from PROTOCOL.md", () => {
  test("loses, repeats and reorders nothing either way while its links are cut", async () => {
    const heard: MessageRecord[] = [];
    await using place = await serve({}, (socket) => {
      void sendAll(socket);
      return hearAll(socket, heard);
    });
    await using proxy = await CuttingProxy.listen({
      targetPort: Number(new URL(place.url).port),
      play: { random: createRandom("python"), weights: { reset: 2, freeze: 1 }, meanBytes: 800_000 },
    });
    await using session = new PythonSession(`ws://127.0.0.1:${proxy.port}/ropeway`, { heartbeat_s: 0.3 });
    session.tell({ sendNumbered: count });
    expect(await session.next()).toEqual({ opened: true });
    const expected = numberedMessages(count).map(recordOf);
    expect(await session.take(count)).toEqual(expected);
    await expect.poll(() => heard.length, { timeout: 30_000 }).toBe(count);
    expect(heard).toEqual(expected);
    session.tell({ close: true });
    expect(await session.next()).toEqual({ ended: null });
    expect(proxy.counts.reset + proxy.counts.freeze).toBeGreaterThanOrEqual(10);
    expect(place.connections).toHaveLength(1);
  });

  test("shows its token each time", async () => {
    const tokens: (string | undefined)[] = [];
    const authenticate = ({ token }: { readonly token?: string | undefined }) => {
      tokens.push(token);
      return { id: "ada" };
    };
    await using place = await serve({ authenticate });
    await using proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.url).port) });
    await using session = new PythonSession(`ws://127.0.0.1:${proxy.port}/ropeway`, { token: "t" });
    expect(await session.next()).toEqual({ opened: true });
    proxy.reset();
    session.tell({ send: "again" });
    expect(await session.next()).toEqual({ message: "again" });
    expect(tokens).toEqual(["t", "t"]);
  });

  test("has an example that runs", async () => {
    await using place = await serve();
    expect(await runEcho(place.url)).toBe("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    expect(place.journal.at(-1)).toBe("close 1000");
  });

  describe("a server that goes", () => {
    describeRestarts();
  });
  describe("a server that breaks the protocol", () => {
    describeMisuse();
  });
  describe("a link", () => {
    describeLinks();
  });
});

function describeRestarts(): void {
  test("without a word leaves a gap, and what was not transmitted goes to the next one", async () => {
    // There is no credit for the second message.
    const first = await serve({ sessions: { windowMessages: 1 } }, neverSettle);
    const port = Number(new URL(first.url).port);
    await using proxy = await CuttingProxy.listen({ targetPort: port });
    await using session = new PythonSession(`ws://127.0.0.1:${proxy.port}/ropeway`);
    session.tell({ send: "unknown" });
    session.tell({ send: "later" });
    expect(await session.take(2)).toEqual([{ opened: true }, { message: "begun" }]);
    await proxy.offline();
    await first.app.close({ graceMs: 0 });
    await using _second = await echoAt(port);
    await proxy.online();
    // Of the first message it is not known whether it was handled, of those to come whether there were any.
    expect(await session.next()).toEqual({ gap: { sent: [1, 1], received: [2, 257] } });
    expect(await session.next()).toEqual({ message: "later" });
  });

  test("after draining leaves no gap", async () => {
    const gate = Promise.withResolvers<void>();
    const first = await serve({ sessions: { retryAfterMsMax: 50 } }, (socket) => {
      socket.onmessage = async ({ data }) => {
        socket.send("begun");
        await gate.promise;
        socket.send(`first: ${data as string}`);
      };
    });
    await using session = new PythonSession(first.url);
    session.tell({ send: "early" });
    expect(await session.take(2)).toEqual([{ opened: true }, { message: "begun" }]);
    const closed = first.app.close({ graceMs: 30_000 });
    gate.resolve();
    expect(await session.next()).toEqual({ message: "first: early" });
    await closed;
    expect(first.journal.at(-1)).toBe("close 3000");
    session.tell({ send: "late" });
    await using _second = await echoAt(Number(new URL(first.url).port));
    expect(await session.next()).toEqual({ message: "late" });
  });

  test("gets no number for a new message once it drains", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using session = new PythonSession(server.url);
    const link = await server.open();
    link.connection.send("drain {}");
    expect(await link.nextMessage()).toBe("drain {}");
    session.tell({ send: "late" });
    link.connection.send("ping 1");
    expect(await link.nextMessage()).toBe("pong 1");
    say(link, "bye", { retryAfterMs: 10 });
    expect(await link.closed).toMatchObject({ code: 1000 });
    expect(await (await server.open()).nextMessage()).toBe("1:late");
    expect(await session.next()).toEqual({ opened: true });
  });
}

function describeMisuse(): void {
  test.each([
    ["a frame that leaves something out", "2:hello", 3503],
    ["a fragment that leaves something out", "1@3/9:hello", 3503],
    ["a fragment past its message", "1@0/4:hello", 3503],
    ["a message past messageBytesMax", "1@0/1048577:hello", 3504],
    ["a payload of more than 65,536 bytes", `1:${"x".repeat(65_537)}`, 3503],
    ["a header that is none", "01:hello", 3503],
    ["a stream that was not named", "3.1:hello", 3503],
    ["a stream past streamsMax", 'stream {"stream":1,"name":"n","kind":"reliable","priority":"bulk"}', 3503],
    ["an acknowledgement of what was not sent", "ack 0 1 1 1 2000 300000", 3503],
    ["one in a header", "1~1:hello", 3503],
    ["an acknowledgement that takes credit back", "ack 0 0 0 0 1023 262144", 3503],
    ["an acknowledgement without credit", "ack 0 0 0 0 2000", 3503],
    ["a skip that leaves something out", "skip 0 2 3 expired", 3503],
    ["a skip for an unknown reason", "skip 0 1 3 tired", 3503],
    ["a greeting on an attached link", `hello {}`, 3503],
    ["a bye before its time", "bye {}", 3503],
    ["a mistyped member", 'close {"code":"1000","reason":""}', 3503],
    ["no JSON", "drain ", 3503],
    ["a reserved frame", "cancel 1", 3503],
    ["a control frame in binary", Buffer.from("ping 1"), 3503],
  ])("by %s is told so", async (_, frame, code) => {
    await using server = await ScriptedSessionServer.listen();
    await using session = new PythonSession(server.url);
    const link = await server.open();
    link.connection.send(frame);
    const end = String(await link.nextMessage());
    expect(end).toMatch(/^end \{/);
    const { reason } = JSON.parse(end.slice(4)) as { reason: string };
    expect(JSON.parse(end.slice(4))).toEqual({ code, reason });
    expect(await link.closed).toMatchObject({ code });
    expect(await session.next()).toEqual({ opened: true });
    expect(await session.take(2)).toEqual([
      { gap: { sent: [1, 0], received: [1, 256] } },
      { ended: { code, reason } },
    ]);
  });
}

function describeLinks(): void {
  test("answers pings, and acknowledges what is skipped", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using _session = new PythonSession(server.url);
    const link = await server.open();
    link.connection.send("ping 7");
    link.connection.send("skip 0 1 2 expired");
    expect(await link.nextMessages(2)).toEqual(["pong 7", "ack 0 2 2 2 258 262144"]);
  });

  test("that did not answer is followed by one with the same nonce", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using _session = new PythonSession(server.url);
    const { link, asked } = await server.greet();
    link.connection.terminate();
    const next = await server.greet();
    const [first, second] = [asked, next.asked].map((text) => JSON.parse(text.slice(5)) as object);
    expect(second).toEqual({ ...first, linkEpoch: 2 });
  });

  test("without credit sees a message begin, so that it can be lent what is lacking", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using session = new PythonSession(server.url);
    const link = await server.open({ window: [8, 0] });
    session.tell({ send: "hello" });
    expect(await link.nextMessage()).toBe("1@0/5:");
    link.connection.send("ack 0 0 0 0 8 5");
    expect(await link.nextMessage()).toBe("1:hello");
  });

  test("gets credit at once for a message that lacks it", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using _session = new PythonSession(server.url);
    const link = await server.open();
    link.connection.send("1@0/1000000:");
    expect(await link.nextMessage()).toBe("ack 0 0 0 0 256 1000000");
  });

  test("that is lost after both have closed is followed by one on which a bye is the answer", async () => {
    await using server = await ScriptedSessionServer.listen();
    await using session = new PythonSession(server.url);
    const link = await server.open();
    session.tell({ send: "last words" });
    expect(await link.nextMessage()).toBe("1:last words");
    session.tell({ close: true });
    expect(await link.nextMessage()).toMatch(/^close /);
    link.connection.terminate();
    const { link: next, asked } = await server.greet();
    expect(asked).toMatch(/^resume /);
    say(next, "bye", {});
    expect(await next.closed).toMatchObject({ code: 1000 });
    expect(await session.take(2)).toEqual([{ opened: true }, { ended: null }]);
  });

  test.each([
    [3501, "stops"],
    [3003, "connects again"],
  ])("that is refused with %i %s", async (code, what) => {
    await using server = await ScriptedSessionServer.listen();
    await using session = new PythonSession(server.url);
    const { link } = await server.greet();
    say(link, "end", { code, reason: "no", retryAfterMs: 10 });
    link.connection.close(code, "no");
    if (what === "stops") expect(await session.next()).toEqual({ ended: { code, reason: "no" } });
    else expect((await server.greet()).asked).toContain('"linkEpoch":2');
  });
}

/** Says that the handler of a message has begun, and leaves it at that. */
function neverSettle(socket: ServerSocket): void {
  socket.onmessage = () => {
    socket.send("begun");
    return new Promise(() => {});
  };
}

async function echoAt(port: number): Promise<Server> {
  const app = createServer();
  app.onconnection = ({ socket }) => {
    socket.onmessage = ({ data }) => socket.send(data);
  };
  await app.listen(port, "127.0.0.1");
  return app;
}

async function sendAll(socket: ServerSocket): Promise<void> {
  for (const message of numberedMessages(count)) {
    socket.send(message);
    await socket.writable();
  }
}

async function hearAll(socket: ServerSocket, heard: MessageRecord[]): Promise<void> {
  for await (const data of socket) heard.push(recordOf(data as string | Buffer));
}
