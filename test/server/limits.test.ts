import { describe, expect, test } from "vitest";
import { type Place, serve } from "./serve.ts";
import { openMembers, SessionPeer } from "./session-peer.ts";

async function openEnd(url: string, token?: string) {
  using peer = await SessionPeer.greeted(url);
  peer.say("open", openMembers({ token }));
  return await peer.expectEnd();
}

describe("The number of sessions", () => {
  test("is limited: 3003, until one has ended", async () => {
    await using place = await serve({ sessions: { sessionsMax: 2 } });
    const [one, two] = [await SessionPeer.opened(place.url), await SessionPeer.opened(place.url)];
    const end = await openEnd(place.url);
    expect(end).toMatchObject({
      code: 3003,
      reason: "The server takes no more sessions: limit 2",
      closeCode: 3003,
    });
    expect(end).toHaveProperty("retryAfterMs");
    place.connections[0]!.socket.terminate();
    const three = await SessionPeer.opened(place.url);
    for (const { peer } of [one, two, three]) peer.cut();
  });

  test("is limited for each user: 3003", async () => {
    const authenticate = ({ token }: { token: string | undefined }) => token;
    await using place = await serve({ authenticate, sessions: { sessionsPerUserMax: 1 } });
    const { peer } = await SessionPeer.opened(place.url, { token: "ann" });
    const { peer: other } = await SessionPeer.opened(place.url, { token: "bob" });
    expect(await openEnd(place.url, "ann")).toMatchObject({ code: 3003, closeCode: 3003 });
    for (const one of [peer, other]) one.cut();
  });

  test("is not limited by user where nobody is authenticated", async () => {
    await using place = await serve({ sessions: { sessionsPerUserMax: 1 } });
    const { peer } = await SessionPeer.opened(place.url);
    const { peer: other } = await SessionPeer.opened(place.url);
    expect(place.app.sessions.size).toBe(2);
    for (const one of [peer, other]) one.cut();
  });
});

describe("A peer that does not read", () => {
  test("makes send throw at bufferedBytesMax, and loses neither link nor session", async () => {
    const sessions = { messageBytesMax: 100_000, bufferedBytesMax: 1_000_000, bufferedMessagesMax: 50 };
    await using place = await serve({ sessions });
    const { peer } = await SessionPeer.opened(place.url);
    peer.socket.pause();
    const { socket } = place.connections[0]!;
    for (let count = 0; count < 10; count++) socket.send(Buffer.alloc(100_000));
    expect(() => socket.send("x")).toThrow("1000000 bytes wait already, the limit is 1000000");
    expect([socket.readyState, socket.bufferedAmount, peer.isClosed]).toEqual([1, 1_000_000, false]);
    peer.cut();
  });

  test("makes send throw at bufferedMessagesMax", async () => {
    await using place = await serve({ sessions: { bufferedMessagesMax: 3 } });
    const { peer } = await SessionPeer.opened(place.url);
    const { socket } = place.connections[0]!;
    for (let count = 0; count < 3; count++) socket.send("x");
    expect(() => socket.send("x")).toThrow("3 messages wait already, the limit is 3");
    peer.cut();
  });

  test("is given no more than the link takes", async () => {
    await using place = await serve();
    const { peer } = await SessionPeer.opened(place.url, { window: [100_000, 100_000_000] });
    peer.socket.pause();
    const { socket } = place.connections[0]!;
    for (let count = 0; count < 4; count++) socket.send(Buffer.alloc(1_000_000));
    peer.socket.resume();
    let bytes = 0;
    while (bytes < 4_000_000) bytes += (await peer.nextMessage()).split(":")[1]!.length;
    expect(bytes).toBe(4_000_000);
    peer.cut();
  });
});

describe("Memory", () => {
  test("that all sessions hold shrinks their windows, and gives them back", async () => {
    const gate = Promise.withResolvers<void>();
    const sessions = {
      heldBytesMax: 1_000,
      windowMessages: 100,
      windowBytes: 10_000,
      messageBytesMax: 10_000,
    };
    await using place = await serve({ sessions }, (socket) => {
      socket.onmessage = () => gate.promise;
    });
    const { peer } = await SessionPeer.opened(place.url);
    for (let number = 1; number <= 4; number++) peer.send(`${number}:${"a".repeat(1_000)}`);
    await expect.poll(() => place.journal.length).toBe(1);
    gate.resolve();
    await expect.poll(() => place.journal.length).toBe(4);
    // Of 100 messages no more than half are granted again.
    const granted = new Set<number>();
    for (let number = 5; number <= 90; number++) peer.send(`${number}:x`);
    await expect.poll(() => place.journal.length).toBe(90);
    peer.send("ping 1");
    for (let frame = await peer.next(); frame !== "pong 1"; frame = await peer.next())
      if (frame.startsWith("ack 0 ")) granted.add(Number(frame.split(" ")[5]));
    expect(Math.max(...granted)).toBeLessThan(190);
    peer.cut();
  });
});

/** Each ends without a session, in its own way. */
const badLinks: ((peer: SessionPeer) => unknown)[] = [
  (peer) => peer.send("open {"),
  (peer) => peer.say("open", openMembers({ token: "refused" })),
  (peer) => peer.say("open", openMembers({ token: "failed" })),
  (peer) => peer.cut(),
  (peer) => peer.socket.close(),
  async (peer) => {
    peer.say("resume", { token: "known", session: "x", secret: "y", linkEpoch: 2, streams: [] });
    await peer.expectWord("unknown");
    peer.cut();
  },
  (peer) => {
    peer.say("open", openMembers({ token: "slow" }));
    peer.cut();
  },
];

async function openBadly(place: Place<string>, count: number): Promise<void> {
  for (let done = 0; done < count; done += 50) {
    const links = Array.from({ length: 50 }, async (_, index) => {
      const peer = await SessionPeer.greeted(place.url);
      await badLinks[(done + index) % badLinks.length]!(peer);
      await peer.closed;
    });
    await Promise.all(links);
  }
}

function heapBytes(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}

test("10,000 bad opens leave nothing behind", async () => {
  const authenticate = async ({ token }: { token: string | undefined }) => {
    if (token === "failed") throw new Error("on purpose");
    return token === "slow" || token === "known" ? token : null;
  };
  await using place = await serve<string>({ authenticate });
  await openBadly(place, 1_000);
  place.log.length = 0;
  const before = heapBytes();
  await openBadly(place, 10_000);
  await expect.poll(() => place.app.sessions.size).toBe(0);
  const health = await fetch(`${place.httpUrl}/healthz`);
  expect(await health.json()).toMatchObject({ connections: 0, sessions: 0 });
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap");
  expect(sockets.length).toBeLessThan(10);
  place.log.length = 0;
  // 200 bytes a link would be a leak of 2 MB.
  expect(heapBytes() - before).toBeLessThan(2_000_000);
}, 60_000);
